#pragma once
// An API server's objects as the views that every engine shows.
//
// Source: Kubernetes core/v1 (Pod, Service), discovery.k8s.io/v1 (EndpointSlice), events.k8s.io/v1
// (Event) and the MiniCluster's status as in api/schema.hpp. What an object lacks stays empty.
// Thread-safety: pure functions.

#include <vector>

#include "engine/view.hpp"
#include "kube/object.hpp"

namespace mc::remote {

engine::ClusterView clusterView(const kube::Object& cluster);
engine::PodView podView(const kube::Object& pod);
/// `addresses`: of the pods behind it.
engine::ServiceView serviceView(const kube::Object& service, std::vector<std::string> addresses);
engine::Event eventView(const kube::Object& event);

/// Addresses of an EndpointSlice.
std::vector<std::string> addressesOf(const kube::Object& slice);

/// status.conditions, of whatever object.
std::vector<engine::Condition> conditionsOf(const kube::Object& object);

}  // namespace mc::remote
