#pragma once
// A manifest's content while it is read: a MiniCluster and, beside it, what the versions spell in
// their own way. api/convert.hpp brings both together.
//
// Thread-safety: plain values.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/fields.hpp"
#include "api/minicluster.hpp"

namespace mc::api {

template <class T>
using Named = std::vector<std::pair<std::string, T>>;

/// A volume as a container names it; which fields there are depends on the version.
struct VolumeDraft {
  std::string path;
  bool readOnly = false;
  std::string hostPath;
  std::string claimName;
  std::string configMapName;
  std::string secretName;
  StringMap items;
  bool emptyDir = false;
  std::string emptyDirMedium;
  std::string emptyDirSizeLimit;
  std::string csiDriver;
  StringMap csiDriverAttributes;
};

/// v1alpha1's spec.volumes: what the Go operator makes a PersistentVolume from.
struct ClusterVolumeDraft {
  std::string path;
  std::string storageClass;
};

struct SecretKeyDraft {
  std::string name;
  std::string key;
};

struct ContainerDraft : Container {
  Named<VolumeDraft> mounts;           ///< `volumes`
  Named<VolumeDraft> existingVolumes;  ///< v1alpha1
  Named<SecretKeyDraft> secretKeys;
  std::string preCommand;
  bool pullAlways = false;
  std::string imagePullPolicy;
  FluxUser user;
  boost::json::object rawSecurity;
  std::string fluxOptionFlags;  ///< A0
  std::optional<int32_t> fluxLogLevel;
};

struct PodDraft : Pod {
  SecurityContext security;  ///< what its containers take over
};

struct FluxDraft : Flux {
  std::string mountPath;
};

/// Not the members of the base that have a draft of their own here.
struct ClusterDraft : MiniCluster {
  Versions version = kAlpha2;
  std::vector<ContainerDraft> containerDrafts;
  std::vector<ContainerDraft> serviceDrafts;
  Named<ClusterVolumeDraft> clusterVolumes;
  PodDraft podDraft;
  FluxDraft fluxDraft;

  [[nodiscard]] bool isAlpha1() const { return version == kAlpha1; }
};

}  // namespace mc::api
