#pragma once
// Names of pods and of the Services in front of them.
//
// Source of the names: Kubernetes DNS for Services and Pods
// (hostname.subdomain.namespace.svc.DOMAIN) and the names that the tutorials print. Thread-safety:
// pure functions.

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace mc::plan {

/// "flux-sample-0"
std::string podName(const api::MiniCluster& cluster, int32_t index);

/// "flux-sample-services"
std::string servicesPodName(const api::MiniCluster& cluster);

/// All names of a host, shortest first: HOST, HOST.SUBDOMAIN, ... .NS, ... .svc, ...
/// .cluster.local.
std::vector<std::string> dnsNames(const api::MiniCluster& cluster, const std::string& hostname);

/// The last of dnsNames().
std::string fullName(const api::MiniCluster& cluster, const std::string& hostname);

/// All pods that may ever be there, as an RFC 29 hostlist: "flux-sample-[0-3]".
std::string hostlist(const api::MiniCluster& cluster);

/// The headless Service of all pods, then one for each sidecar with ports.
std::vector<Service> services(const api::MiniCluster& cluster);

}  // namespace mc::plan
