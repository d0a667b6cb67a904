#include "plan/pods.hpp"

#include <algorithm>

#include "plan/layout.hpp"
#include "plan/network.hpp"
#include "plan/sidecars.hpp"

namespace mc::plan {
namespace {

/// v1alpha2's volume that all containers of a Flux pod share.
constexpr const char* kSharedVolume = "flux-view";
constexpr const char* kIndexKey = "batch.kubernetes.io/job-completion-index";

/// What the Go operator and Kubernetes' Jobs put on pods, so that selectors written for them work.
api::StringMap labels(const api::MiniCluster& cluster) {
  api::StringMap all = cluster.pod.labels;
  const std::string& name = cluster.metadata.name;
  all["app.kubernetes.io/name"] = name;
  all["namespace"] = cluster.metadata.ns;
  all["job-name"] = name;
  return all;
}

Pod commonPod(const api::MiniCluster& cluster, Role role, const std::string& name) {
  Pod pod;
  pod.name = pod.hostname = name;
  pod.role = role;
  pod.subdomain = cluster.headlessName;
  pod.dnsNames = dnsNames(cluster, name);
  pod.labels = labels(cluster);
  pod.annotations = cluster.pod.annotations;
  pod.shareProcessNamespace = cluster.shareProcessNamespace;
  pod.hostIpc = cluster.pod.hostIpc;
  pod.hostPid = cluster.pod.hostPid;
  return pod;
}

/// Variables that are ours win over the manifest's.
void setVariable(api::StringPairs& environment, const std::string& key, const std::string& value) {
  const auto same = [&key](const auto& pair) { return pair.first == key; };
  environment.erase(std::remove_if(environment.begin(), environment.end(), same),
                    environment.end());
  environment.insert(environment.begin(), {key, value});
}

void addDefault(api::StringPairs& environment, const std::string& key, const std::string& value) {
  const auto same = [&key](const auto& pair) { return pair.first == key; };
  if (std::none_of(environment.begin(), environment.end(), same))
    environment.emplace_back(key, value);
}

Container fluxContainer(const api::MiniCluster& cluster, Volumes& volumes) {
  const auto& container = cluster.fluxContainer();
  Container c = commonContainer(container, volumes);
  c.kind = ContainerKind::Flux;
  c.name = cluster.metadata.name;
  c.command = {std::string(entry::kMountPath) + "/" + entry::kEntryFile};
  c.environment.insert(c.environment.end(), cluster.flux.environment.begin(),
                       cluster.flux.environment.end());
  if (!cluster.flux.optionFlags.empty())
    addDefault(c.environment, "FLUX_OPTION_FLAGS", cluster.flux.optionFlags);
  return c;
}

void shareDirectory(const api::MiniCluster& cluster, Pod& pod, Volumes& volumes) {
  const std::string path = sharedDirectory(cluster);
  if (path.empty()) return;
  api::Volume volume;
  volume.name = kSharedVolume;
  volume.mountPath = path;
  for (auto& container : pod.containers) container.mounts.push_back(volumes.add(volume));
}

}  // namespace

base::Result<Pod> fluxPod(const api::MiniCluster& cluster, int32_t index) {
  const std::string text = std::to_string(index);
  Pod pod = commonPod(cluster, index == 0 ? Role::Lead : Role::Follower, podName(cluster, index));
  pod.index = index;
  pod.labels["hpa-selector"] = cluster.metadata.name;
  pod.labels["job-index"] = text;
  pod.labels[kIndexKey] = text;
  pod.annotations[kIndexKey] = text;
  Volumes volumes;
  pod.containers.push_back(fluxContainer(cluster, volumes));
  for (const auto& container : cluster.containers) {
    if (container.runFlux) continue;
    MC_TRY_ASSIGN(Container side,
                  sideContainer(cluster, container, ContainerKind::Sidecar, volumes));
    pod.containers.push_back(std::move(side));
  }
  for (auto& container : pod.containers)
    setVariable(container.environment, entry::kIndexVariable, text);
  shareDirectory(cluster, pod, volumes);
  pod.volumes = volumes.take();
  return pod;
}

base::Result<Pod> servicesPod(const api::MiniCluster& cluster) {
  Pod pod = commonPod(cluster, Role::Services, servicesPodName(cluster));
  Volumes volumes;
  for (const auto& container : cluster.services) {
    MC_TRY_ASSIGN(Container side,
                  sideContainer(cluster, container, ContainerKind::Service, volumes));
    pod.containers.push_back(std::move(side));
  }
  pod.volumes = volumes.take();
  return pod;
}

}  // namespace mc::plan
