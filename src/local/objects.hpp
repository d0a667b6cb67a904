#pragma once
// Objects of Kubernetes' own kinds as users see them.
//
// Thread-safety: pure functions.

#include <optional>

#include "local/snapshot.hpp"
#include "local/store.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// `values`: content of a ConfigMap or Secret.
engine::ObjectView objectView(const ClusterState& cluster, const std::optional<Values>& values);

/// The API's own object of a Service.
boost::json::object serviceObject(const ServiceView& view, const ClusterState& cluster);

/// Whether a workload has something to wait for or to act on, which is its monitor's work.
bool needsMonitor(const ClusterState& cluster);

}  // namespace mc::local
