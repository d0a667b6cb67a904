#pragma once
// What a manifest may not ask of Kubernetes, though it is right by itself.
//
// Thread-safety: pure functions.

#include <vector>

#include "api/minicluster.hpp"
#include "api/read.hpp"

namespace mc::controller {

/// Problems that the API server would only find in the pods, where nobody looks. Their places have
/// no lines.
std::vector<api::Problem> checkForKubernetes(const api::MiniCluster& cluster);

}  // namespace mc::controller
