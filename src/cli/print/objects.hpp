#pragma once
// The engine's views as the objects of a Kubernetes API, for -o yaml and -o json.
//
// Source of the fields: Kubernetes core/v1 (Pod, Service, List); the MiniCluster's status is that
// of the flux-framework.org CRD. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <vector>

#include "engine/view.hpp"

namespace mc::cli {

boost::json::object podObject(const engine::PodView& pod);
boost::json::object serviceObject(const engine::ServiceView& service);
/// The manifest as given, with what the engine added.
boost::json::object clusterObject(const engine::ClusterView& cluster);

/// metadata.labels or metadata.annotations of an object.
api::StringMap metadataMap(const boost::json::object& object, const char* key);

/// `kind: List`.
boost::json::object listObject(std::vector<boost::json::object> items);

}  // namespace mc::cli
