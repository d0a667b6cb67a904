// The fields of what a container mounts.

#include <array>

#include "api/draft.hpp"

namespace mc::api {
namespace {

constexpr Type kTextItem = text();
constexpr std::array<std::string_view, 2> kMedia = {"memory", "Memory"};

constexpr Support kClaims =
    onlyThere("PersistentVolumeClaims", "mount a directory of the host, or an emptyDir");
constexpr Support kCsi = onlyThere("CSI volumes", "mount a directory of the host, or an emptyDir");

constexpr Field kMountFields[] = {
    {.name = "path",
     .type = text(kMountPath),
     .binding = bind<VolumeDraft, &VolumeDraft::path>(),
     .required = true,
     .doc = "Directory in the container"},
    {.name = "readOnly",
     .type = boolean(),
     .binding = bind<VolumeDraft, &VolumeDraft::readOnly>(),
     .byDefault = "false",
     .doc = "Nothing can be written there"},
};

/// v1alpha1 has these as existingVolumes, without hostPath and emptyDir.
constexpr Field kVolumeFields[] = {
    {.name = "path",
     .type = text(kMountPath),
     .binding = bind<VolumeDraft, &VolumeDraft::path>(),
     .doc = "Directory in the container; /dev/shm for an emptyDir without one"},
    {.name = "readOnly",
     .type = boolean(),
     .binding = bind<VolumeDraft, &VolumeDraft::readOnly>(),
     .byDefault = "false",
     .doc = "Nothing can be written there"},
    {.name = "hostPath",
     .versions = kAlpha2,
     .type = text(kAbsolutePath),
     .binding = bind<VolumeDraft, &VolumeDraft::hostPath>(),
     .doc = "A directory of the host"},
    {.name = "emptyDir",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<VolumeDraft, &VolumeDraft::emptyDir>(),
     .byDefault = "false",
     .shape = "write `emptyDir: true`",
     .doc = "A directory that is empty at first and goes with the pod"},
    {.name = "emptyDirMedium",
     .versions = kAlpha2,
     .type = oneOf(kMedia),
     .binding = bind<VolumeDraft, &VolumeDraft::emptyDirMedium>(),
     .doc = "memory: the emptyDir is kept in memory"},
    {.name = "emptyDirSizeLimit",
     .versions = kAlpha2,
     .type = text(kQuantity),
     .binding = bind<VolumeDraft, &VolumeDraft::emptyDirSizeLimit>(),
     .doc = "The most that the emptyDir may hold"},
    {.name = "claimName",
     .type = text(kDnsSubdomain),
     .binding = bind<VolumeDraft, &VolumeDraft::claimName>(),
     .support = kClaims,
     .doc = "Name of a PersistentVolumeClaim"},
    {.name = "configMapName",
     .type = text(kDnsSubdomain),
     .binding = bind<VolumeDraft, &VolumeDraft::configMapName>(),
     .doc = "Name of a ConfigMap"},
    {.name = "items",
     .type = mapOf(kText, kTextItem),
     .binding = bind<VolumeDraft, &VolumeDraft::items>(),
     .doc = "Keys of the ConfigMap or Secret and the files they become; absent: all"},
    {.name = "secretName",
     .type = text(kDnsSubdomain),
     .binding = bind<VolumeDraft, &VolumeDraft::secretName>(),
     .doc = "Name of a Secret"},
    {.name = "csiDriver",
     .versions = kAlpha2,
     .type = text(),
     .binding = bind<VolumeDraft, &VolumeDraft::csiDriver>(),
     .support = kCsi,
     .doc = "CSI driver of an inline volume"},
    {.name = "csiDriverAttributes",
     .versions = kAlpha2,
     .type = mapOf(kText, kTextItem),
     .binding = bind<VolumeDraft, &VolumeDraft::csiDriverAttributes>(),
     .doc = "Attributes for the CSI driver"},
};

}  // namespace

constinit const Table kMountTable = {"spec.containers[].volumes.NAME", kMountFields};
constinit const Table kVolumeTable = {"spec.containers[].volumes.NAME", kVolumeFields};

}  // namespace mc::api
