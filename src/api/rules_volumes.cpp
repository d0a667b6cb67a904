// Rules about what containers mount.

#include <map>

#include "api/convert.hpp"
#include "api/rules.hpp"
#include "api/suggest.hpp"

namespace mc::api {
namespace {

/// A volume of one container with its place in the manifest.
struct Mounted {
  const std::string& name;
  const VolumeDraft& volume;
  std::string path;  ///< "spec.containers[0].volumes.data"
  bool existing;     ///< v1alpha1's existingVolumes
};

template <class Check>
void forEachVolume(const ContainerDraft& container, const std::string& path, Check check) {
  for (const auto& [name, volume] : container.mounts)
    check(Mounted{name, volume, path + ".volumes" + base::pathStep(name), false});
  for (const auto& [name, volume] : container.existingVolumes)
    check(Mounted{name, volume, path + ".existingVolumes" + base::pathStep(name), true});
}

void checkDefined(const ClusterDraft& draft, const Mounted& mounted, Report& report) {
  std::vector<std::string_view> defined;
  for (const auto& [name, volume] : draft.clusterVolumes) {
    if (name == mounted.name) return;
    defined.push_back(name);
  }
  const std::string meant = didYouMean(mounted.name, defined);
  report.add(mounted.path, "spec.volumes has no volume of this name",
             meant.empty() ? "add it to spec.volumes with its `path:` on the host" : meant);
}

void checkSources(const Mounted& mounted, Report& report) {
  const int sources = countSources(mounted.volume);
  if (sources > 1)
    report.add(mounted.path, "has " + std::to_string(sources) + " sources",
               "leave all but one out");
  if (sources == 0)
    report.add(mounted.path, "has no source",
               mounted.existing ? "add `claimName:`, `configMapName:` or `secretName:`"
                                : "add `hostPath: DIRECTORY` or `emptyDir: true`");
}

/// Fields that belong to a source which the volume doesn't have.
void checkLoose(const Mounted& mounted, Report& report) {
  const VolumeDraft& volume = mounted.volume;
  const auto loose = [&](bool given, bool source, const char* field, const char* needs) {
    if (given && !source)
      report.add(mounted.path + "." + field, std::string("has no effect without ") + needs,
                 std::string("add ") + needs + ", or leave it out");
  };
  loose(!volume.emptyDirMedium.empty(), volume.emptyDir, "emptyDirMedium", "emptyDir: true");
  loose(!volume.emptyDirSizeLimit.empty(), volume.emptyDir, "emptyDirSizeLimit", "emptyDir: true");
  loose(!volume.items.empty(), !volume.configMapName.empty() || !volume.secretName.empty(), "items",
        "configMapName");
  loose(!volume.csiDriverAttributes.empty(), !volume.csiDriver.empty(), "csiDriverAttributes",
        "csiDriver");
}

void checkPath(const Mounted& mounted, Report& report) {
  if (mounted.volume.path.empty() && !mounted.volume.emptyDir)
    report.add(mounted.path + ".path", "missing: where the container sees the volume",
               "add `path:`");
}

std::string withoutSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void checkMountPaths(const ClusterDraft& draft, const ContainerDraft& container,
                     const std::string& path, Report& report) {
  std::map<std::string, std::string> taken;
  forEachVolume(container, path, [&](const Mounted& mounted) {
    const auto volume = resolveVolume(draft, mounted.name, mounted.volume);
    if (!volume || volume->mountPath.empty()) return;
    const auto [other, fresh] = taken.emplace(withoutSlash(volume->mountPath), mounted.path);
    if (!fresh)
      report.add(mounted.path + ".path", "the same directory as " + other->second,
                 "choose another path");
  });
}

bool sameSource(const Volume& a, const Volume& b) {
  return a.kind == b.kind && a.source == b.source && a.inMemory == b.inMemory &&
         a.sizeLimit == b.sizeLimit && a.items == b.items && a.attributes == b.attributes;
}

/// A name stands for one volume of the pod, whichever container mounts it.
void checkPod(const ClusterDraft& draft, const std::vector<ContainerDraft>& containers,
              std::string (*pathOf)(size_t), Report& report) {
  std::map<std::string, std::pair<Volume, std::string>> pod;
  for (size_t i = 0; i < containers.size(); ++i) {
    forEachVolume(containers[i], pathOf(i), [&](const Mounted& mounted) {
      const auto volume = resolveVolume(draft, mounted.name, mounted.volume);
      if (!volume) return;
      const auto [other, fresh] = pod.emplace(mounted.name, std::pair(*volume, mounted.path));
      if (!fresh && !sameSource(other->second.first, *volume))
        report.add(mounted.path, "not the same volume as " + other->second.second,
                   "give one of the two another name");
    });
  }
}

}  // namespace

void applyVolumeRules(const ClusterDraft& draft, Report& report) {
  forEachContainer(draft, [&](const ContainerDraft& container, const std::string& path) {
    forEachVolume(container, path, [&](const Mounted& mounted) {
      if (draft.isAlpha1() && !mounted.existing) return checkDefined(draft, mounted, report);
      if (report.hasBelow(mounted.path + ".")) return;
      checkSources(mounted, report);
      checkLoose(mounted, report);
      checkPath(mounted, report);
    });
    checkMountPaths(draft, container, path, report);
  });
  checkPod(draft, draft.containerDrafts, containerPath, report);
  checkPod(draft, draft.serviceDrafts, servicePath, report);
}

}  // namespace mc::api
