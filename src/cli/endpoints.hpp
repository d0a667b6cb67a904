#pragma once
// What stands behind Services, pod by pod, and whether it can be reached.
//
// Thread-safety: values and pure functions.

#include <string>
#include <vector>

#include "engine/view.hpp"

namespace mc::cli {

/// One pod behind a Service.
struct Endpoint {
  std::string pod;      ///< with suffix
  std::string address;  ///< empty while it has none
  std::string host;     ///< the pod's own DNS name below a headless Service; else the Service's
  std::vector<std::string> containers;  ///< those that listen there
  std::vector<int32_t> ports;           ///< of these containers
  bool ready = false;
  std::string container;  ///< the one that is the reason
  std::string reason;     ///< why it is not ready: CrashLoopBackOff, ContainerCreating ...
  std::string message;    ///< more of it, in the engine's words
};

struct ServiceEndpoints {
  engine::ServiceView service;
  std::vector<std::string> names;  ///< in DNS, inside the namespace's pods; shortest first
  std::vector<Endpoint> endpoints;
};

/// Every Service with the pods behind it. `cluster` empty: all; else what belongs to that
/// MiniCluster, of Services that several share only its own pods.
std::vector<ServiceEndpoints> joinEndpoints(const std::vector<engine::ServiceView>& services,
                                            const std::vector<engine::PodView>& pods,
                                            const std::string& cluster);

}  // namespace mc::cli
