#pragma once
// What becomes of a pod that failed: the job's failure is the Job's, a lost pod is made again.
//
// Source: Kubernetes API, batch/v1 PodFailurePolicy. Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "api/minicluster.hpp"

namespace mc::controller {

/// - A pod that was disrupted (its node is gone, it was evicted or preempted) is made again, and so
///   is one whose Flux container was told to stop before it was done (entry::kToldToStop).
/// - Any other failure of the Flux container fails the Job at once, unless the manifest allows for
///   reruns (backoffLimit): then it counts as one.
boost::json::object podFailurePolicy(const api::MiniCluster& cluster);

}  // namespace mc::controller
