#include "api/notes.hpp"

#include "base/yaml.hpp"

namespace mc::api {
namespace {

/// The Docker Engine limits CPU and memory; it doesn't count the rest.
bool isLimitedHere(const std::string& resource) {
  return resource == "cpu" || resource == "memory";
}

void addResources(const Resources& resources, const std::string& path, std::vector<Note>& notes) {
  const auto add = [&](const std::string& resource, const char* list) {
    if (!isLimitedHere(resource))
      notes.push_back({path + list + base::pathStep(resource),
                       "has no effect on one machine: only Kubernetes counts it"});
  };
  for (const auto& [resource, amount] : resources.limits) add(resource, ".limits");
  for (const auto& [resource, amount] : resources.requests) {
    if (!resources.limits.contains(resource)) add(resource, ".requests");
  }
}

void addContainers(const std::vector<Container>& containers, const std::string& path,
                   std::vector<Note>& notes) {
  for (size_t i = 0; i < containers.size(); ++i) {
    addResources(containers[i].resources, path + "[" + std::to_string(i) + "].resources", notes);
  }
}

}  // namespace

std::vector<Note> notesForOneMachine(const MiniCluster& cluster) {
  std::vector<Note> notes;
  notes.reserve(cluster.kubernetesOnly.size() + cluster.withoutEffect.size());
  for (const auto& each : cluster.kubernetesOnly)
    notes.push_back({each.field, "has no effect on one machine: " + each.text});
  for (const auto& each : cluster.withoutEffect)
    notes.push_back({each.field, "has no effect: " + each.text});
  addContainers(cluster.containers, "spec.containers", notes);
  addContainers(cluster.services, "spec.services", notes);
  return notes;
}

}  // namespace mc::api
