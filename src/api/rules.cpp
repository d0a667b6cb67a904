#include "api/rules.hpp"

namespace mc::api {

std::string containerPath(size_t index) {
  return "spec.containers[" + std::to_string(index) + "]";
}

std::string servicePath(size_t index) {
  return "spec.services[" + std::to_string(index) + "]";
}

void applyRules(const ClusterDraft& draft, Report& report) {
  applyNameRules(draft, report);
  applyContainerRules(draft, report);
  applyResourceRules(draft, report);
  applyVolumeRules(draft, report);
  applyClusterRules(draft, report);
}

}  // namespace mc::api
