#include "api/convert.hpp"

#include <algorithm>
#include <utility>

namespace mc::api {
namespace {

constexpr const char* kDefaultImage = "ghcr.io/rse-ops/accounting:app-latest";
constexpr const char* kSharedMemory = "/dev/shm";
constexpr const char* kViewPath = "/mnt/flux";
constexpr const char* kSocketBelowView = "/config/run/flux/local";
constexpr const char* kClassicSocket = "/run/flux/local";

void fillIfEmpty(std::string& text, const char* value) {
  if (text.empty()) text = value;
}

PullPolicy pullPolicy(const ContainerDraft& draft) {
  if (draft.pullAlways || draft.imagePullPolicy == "Always") return PullPolicy::Always;
  return draft.imagePullPolicy == "Never" ? PullPolicy::Never : PullPolicy::IfNotPresent;
}

/// One text for what v1alpha1 runs one after the other.
std::string joined(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? first + second : first + "\n" + second;
}

template <class T>
void inherit(std::optional<T>& own, const std::optional<T>& fromPod) {
  if (!own) own = fromPod;
}

std::vector<Volume> volumesOf(const ClusterDraft& cluster, const ContainerDraft& draft) {
  std::vector<Volume> volumes;
  for (const auto* list : {&draft.mounts, &draft.existingVolumes}) {
    for (const auto& [name, volume] : *list) {
      if (auto resolved = resolveVolume(cluster, name, volume))
        volumes.push_back(std::move(*resolved));
    }
  }
  return volumes;
}

Container containerOf(const ClusterDraft& cluster, const ContainerDraft& draft) {
  Container container = draft;
  container.pullPolicy = pullPolicy(draft);
  container.volumes = volumesOf(cluster, draft);
  container.security.raw = draft.rawSecurity;
  const SecurityContext& pod = cluster.podDraft.security;
  inherit(container.security.runAsUser, pod.runAsUser);
  inherit(container.security.runAsGroup, pod.runAsGroup);
  inherit(container.security.runAsNonRoot, pod.runAsNonRoot);
  for (const auto& [variable, secret] : draft.secretKeys)
    container.secrets.push_back({variable, secret.name, secret.key});
  return container;
}

Container fluxContainerOf(const ClusterDraft& cluster, const ContainerDraft& draft) {
  Container container = containerOf(cluster, draft);
  container.name = cluster.metadata.name;
  fillIfEmpty(container.image, kDefaultImage);
  container.commands.pre = joined(draft.preCommand, container.commands.pre);
  if (cluster.isAlpha1()) {
    container.fluxUser = draft.user;
    fillIfEmpty(container.fluxUser->name, "flux");
  }
  return container;
}

Flux fluxOf(const ClusterDraft& draft, const ContainerDraft& runner) {
  Flux flux = draft.fluxDraft;
  fillIfEmpty(flux.submitCommand, "flux submit");
  fillIfEmpty(flux.installRoot, "/usr");
  if (flux.optionFlags.empty()) flux.optionFlags = runner.fluxOptionFlags;
  if (runner.fluxLogLevel) flux.logLevel = *runner.fluxLogLevel;
  std::string mountPath = draft.fluxDraft.mountPath;
  fillIfEmpty(mountPath, kViewPath);
  while (mountPath.ends_with('/')) mountPath.pop_back();
  flux.socket = draft.isAlpha1() ? kClassicSocket : mountPath + kSocketBelowView;
  return flux;
}

/// v1alpha2 without a command runs brokers only, as if it had asked for it.
bool isInteractive(const ClusterDraft& draft, const Container& runner) {
  return draft.interactive ||
         (!draft.isAlpha1() && runner.command.empty() && runner.commands.script.empty());
}

}  // namespace

int countSources(const VolumeDraft& volume) {
  return static_cast<int>(!volume.hostPath.empty()) + static_cast<int>(!volume.claimName.empty()) +
         static_cast<int>(!volume.configMapName.empty()) +
         static_cast<int>(!volume.secretName.empty()) + static_cast<int>(volume.emptyDir) +
         static_cast<int>(!volume.csiDriver.empty());
}

std::optional<Volume> resolveVolume(const ClusterDraft& draft, const std::string& name,
                                    const VolumeDraft& volume) {
  Volume result;
  result.name = name;
  result.mountPath = volume.path;
  result.readOnly = volume.readOnly;
  result.items = volume.items;
  const auto defined = std::find_if(draft.clusterVolumes.begin(), draft.clusterVolumes.end(),
                                    [&](const auto& each) { return each.first == name; });
  const int sources = countSources(volume);
  const auto from = [&](VolumeKind kind, const std::string& source) {
    result.kind = kind;
    result.source = source;
    return std::optional(result);
  };
  if (sources == 0 && defined != draft.clusterVolumes.end())
    return from(VolumeKind::HostPath, defined->second.path);
  if (sources != 1) return std::nullopt;
  if (!volume.hostPath.empty()) return from(VolumeKind::HostPath, volume.hostPath);
  if (!volume.claimName.empty()) return from(VolumeKind::Claim, volume.claimName);
  if (!volume.configMapName.empty()) return from(VolumeKind::ConfigMap, volume.configMapName);
  if (!volume.secretName.empty()) return from(VolumeKind::Secret, volume.secretName);
  if (!volume.csiDriver.empty()) {
    result.attributes = volume.csiDriverAttributes;
    return from(VolumeKind::Csi, volume.csiDriver);
  }
  fillIfEmpty(result.mountPath, kSharedMemory);
  result.inMemory = !volume.emptyDirMedium.empty();
  result.sizeLimit = volume.emptyDirSizeLimit;
  return from(VolumeKind::EmptyDir, "");
}

MiniCluster convert(const ClusterDraft& draft) {
  MiniCluster cluster = draft;
  const ContainerDraft* runner = nullptr;
  for (const auto& each : draft.containerDrafts) {
    if (each.runFlux) runner = &each;
    cluster.containers.push_back(each.runFlux ? fluxContainerOf(draft, each)
                                              : containerOf(draft, each));
  }
  for (const auto& each : draft.serviceDrafts) cluster.services.push_back(containerOf(draft, each));
  cluster.pod = draft.podDraft;
  if (runner != nullptr) {
    cluster.flux = fluxOf(draft, *runner);
    cluster.interactive = isInteractive(draft, *runner);
  }
  cluster.maxSize = std::max(draft.maxSize, draft.size);
  fillIfEmpty(cluster.headlessName,
              draft.isAlpha1() ? "flux-service" : draft.metadata.name.c_str());
  return cluster;
}

}  // namespace mc::api
