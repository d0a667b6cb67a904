#pragma once
// The pods of a cluster: one for each broker, and the services pod.
//
// Thread-safety: pure functions.

#include "plan/plan.hpp"

namespace mc::plan {

base::Result<Pod> fluxPod(const api::MiniCluster& cluster, int32_t index);
base::Result<Pod> servicesPod(const api::MiniCluster& cluster);

}  // namespace mc::plan
