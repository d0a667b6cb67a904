#include "operator/objects/blueprint.hpp"

#include <algorithm>

#include "operator/objects/names.hpp"
#include "plan/network.hpp"
#include "plan/pods.hpp"
#include "plan/secrets.hpp"
#include "plan/settings.hpp"

namespace mc::controller {
namespace {

/// What Indexed Jobs put on their pods themselves, each with its own number or name, and what no
/// other pod should have.
constexpr const char* kOfTheJob[] = {"job-name", "job-index",
                                     "batch.kubernetes.io/job-completion-index"};

void dropIndex(plan::Pod& pod) {
  for (const char* key : kOfTheJob) {
    pod.labels.erase(key);
    pod.annotations.erase(key);
  }
  for (auto& container : pod.containers) {
    auto& environment = container.environment;
    const auto isIndex = [](const auto& pair) { return pair.first == entry::kIndexVariable; };
    environment.erase(std::remove_if(environment.begin(), environment.end(), isIndex),
                      environment.end());
  }
}

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// The plan's names are those of a cluster with the usual domain.
void useDomain(const std::string& domain, bool madeConfig, entry::Settings& settings) {
  const std::string from = ".svc.cluster.local";
  const std::string to = ".svc." + domain;
  for (auto& address : settings.addresses) replaceAll(address, from, to);
  for (auto& server : settings.waitFor) replaceAll(server.host, from, to);
  if (madeConfig) replaceAll(settings.brokerConfig, from, to);
}

}  // namespace

base::Result<Blueprint> makeBlueprint(const api::MiniCluster& cluster, const std::string& uid,
                                      const ObjectOptions& options) {
  Blueprint blueprint;
  blueprint.cluster = cluster;
  blueprint.uid = uid;
  blueprint.options = options;
  MC_TRY_ASSIGN(blueprint.pod, plan::fluxPod(cluster, 0));
  dropIndex(blueprint.pod);
  if (!cluster.services.empty()) {
    MC_TRY_ASSIGN(blueprint.servicesPod, plan::servicesPod(cluster));
    dropIndex(*blueprint.servicesPod);
  }
  blueprint.services = plan::services(cluster);
  MC_TRY_ASSIGN(blueprint.settings, plan::settings(cluster));
  useDomain(options.clusterDomain, cluster.flux.brokerConfig.empty(), blueprint.settings);
  // The Job keeps the deadline, over all the pods that follow one another.
  blueprint.settings.deadlineSeconds = 0;
  blueprint.settings.podsReplaced = true;
  blueprint.secretFiles = plan::secretFiles(cluster);
  blueprint.makeCurveCert = plan::needsCurveCert(cluster) && cluster.flux.curveCert.empty();
  return blueprint;
}

api::StringMap wantedJobLabels(const api::MiniCluster& cluster) {
  auto labels = cluster.jobLabels;
  for (const auto& [key, value] : cluster.metadata.labels)
    if (key.starts_with(kKueuePrefix)) labels.emplace(key, value);
  return labels;
}

bool isQueued(const api::MiniCluster& cluster) {
  const std::string label(kQueueLabel);
  return cluster.jobLabels.contains(label) || cluster.metadata.labels.contains(label);
}

bool isQueued(const api::MiniCluster& cluster, const kube::Object& job) {
  return isQueued(cluster) || !kube::labelOf(job, kQueueLabel).empty();
}

}  // namespace mc::controller
