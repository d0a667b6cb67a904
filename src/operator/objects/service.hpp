#pragma once
// Services of a MiniCluster: the headless one that names its pods, and one for each sidecar with
// ports.
//
// Source: Kubernetes API, core/v1 Service. Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// The headless Service may serve several MiniClusters of a namespace, and is the same for all of
/// them but for the owner. Publishes pods before they are ready: brokers find each other by it.
boost::json::object headlessService(const Blueprint& blueprint);

/// Field manager of a MiniCluster's share in the headless Service: its owner reference goes with
/// it, and leaves the others' alone.
std::string headlessManager(const Blueprint& blueprint);

/// In front of all Flux pods that are ready.
boost::json::object sidecarService(const Blueprint& blueprint, const plan::Service& service);

}  // namespace mc::controller
