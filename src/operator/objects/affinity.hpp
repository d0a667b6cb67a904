#pragma once
// Where the pods of a MiniCluster would like to be: near each other, each on a node of its own.
//
// Both are wishes, so that a cluster runs on fewer nodes, too; what the manifest says about nodes
// is a condition. Source: Kubernetes API, core/v1 Affinity. Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// Empty if there is nothing to ask for.
boost::json::object affinity(const Blueprint& blueprint);

}  // namespace mc::controller
