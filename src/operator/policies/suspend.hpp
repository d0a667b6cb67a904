#pragma once
// Clusters that wait: because the manifest says so, or because Kueue keeps them in its queue.
//
// Thread-safety: pure functions.

#include <string_view>

#include "api/minicluster.hpp"
#include "operator/policies/observed.hpp"

namespace mc::controller {

enum class Suspension { None, ByManifest, InQueue };

/// What the Job is, or is about to become.
Suspension suspension(const api::MiniCluster& cluster, const Observed& observed);

/// Services that nobody uses are not to run: outside Kueue's quota, or after the end.
bool wantsServicesPod(const api::MiniCluster& cluster, const Observed& observed, bool ended);

}  // namespace mc::controller
