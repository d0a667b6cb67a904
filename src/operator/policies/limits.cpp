#include "operator/policies/limits.hpp"

#include "operator/objects/blueprint.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

std::vector<api::Problem> checkForKubernetes(const api::MiniCluster& cluster) {
  std::vector<api::Problem> problems;
  if (!cluster.pod.resources.empty() && cluster.pod.runtimeClassName.empty())
    problems.push_back({0, 0, "spec.pod.resources",
                        "a pod's overhead belongs to a runtime class, and runtimeClassName is not "
                        "set",
                        "set spec.pod.runtimeClassName, or give the containers the resources"});
  if (cluster.suspend && isQueued(cluster))
    problems.push_back(
        {0, 0, "spec.suspend",
         "with the label " + std::string(kQueueLabel) + ", Kueue decides when the cluster runs",
         "leave one of the two out"});
  return problems;
}

}  // namespace mc::controller
