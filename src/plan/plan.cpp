#include "plan/plan.hpp"

#include "plan/network.hpp"
#include "plan/pods.hpp"
#include "plan/secrets.hpp"
#include "plan/settings.hpp"

namespace mc::plan {

base::Result<Plan> makePlan(const api::MiniCluster& cluster) {
  Plan plan;
  plan.name = cluster.metadata.name;
  plan.ns = cluster.metadata.ns;
  for (int32_t i = 0; i < cluster.size; ++i) {
    MC_TRY_ASSIGN(Pod pod, fluxPod(cluster, i));
    plan.pods.push_back(std::move(pod));
  }
  if (!cluster.services.empty()) {
    MC_TRY_ASSIGN(Pod pod, servicesPod(cluster));
    plan.pods.push_back(std::move(pod));
  }
  plan.services = services(cluster);
  MC_TRY_ASSIGN(plan.settings, settings(cluster));
  plan.secretFiles = secretFiles(cluster);
  plan.makeCurveCert = needsCurveCert(cluster) && cluster.flux.curveCert.empty();
  // Kubernetes takes 0 for "at once".
  plan.cleanup = cluster.cleanup || cluster.ttlSecondsAfterFinished == 0;
  plan.backoffLimit = cluster.backoffLimit.value_or(0);
  return plan;
}

}  // namespace mc::plan
