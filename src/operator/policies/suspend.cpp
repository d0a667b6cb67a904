#include "operator/policies/suspend.hpp"

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

Suspension suspension(const api::MiniCluster& cluster, const Observed& observed) {
  const auto* flag = observed.job ? kube::find(*observed.job, {"spec", "suspend"}) : nullptr;
  const bool suspended = flag != nullptr && flag->is_bool() && flag->get_bool();
  const bool queued = observed.job ? isQueued(cluster, *observed.job) : isQueued(cluster);
  if (queued) return suspended ? Suspension::InQueue : Suspension::None;
  return cluster.suspend ? Suspension::ByManifest : Suspension::None;
}

bool wantsServicesPod(const api::MiniCluster& cluster, const Observed& observed, bool ended) {
  return !cluster.services.empty() && observed.job && !ended &&
         suspension(cluster, observed) == Suspension::None;
}

}  // namespace mc::controller
