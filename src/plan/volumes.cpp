#include "plan/volumes.hpp"

namespace mc::plan {
namespace {

/// Whether both are the same thing, wherever they are mounted.
bool sameSource(const api::Volume& a, const api::Volume& b) {
  return a.kind == b.kind && a.source == b.source && a.items == b.items &&
         a.inMemory == b.inMemory && a.sizeLimit == b.sizeLimit && a.attributes == b.attributes;
}

}  // namespace

const PodVolume* Volumes::find(const std::string& name) const {
  for (const auto& volume : volumes_)
    if (volume.name == name) return &volume;
  return nullptr;
}

Mount Volumes::add(const api::Volume& volume) {
  Mount mount{volume.name, volume.mountPath, volume.readOnly};
  int next = 2;
  const PodVolume* there = find(mount.volume);
  while (there != nullptr && !sameSource(there->source, volume)) {
    mount.volume = volume.name + "-" + std::to_string(next++);
    there = find(mount.volume);
  }
  if (there == nullptr) {
    PodVolume added{mount.volume, volume};
    added.source.name = mount.volume;
    added.source.mountPath.clear();
    added.source.readOnly = false;
    volumes_.push_back(std::move(added));
  }
  return mount;
}

std::vector<Mount> Volumes::add(const std::vector<api::Volume>& volumes) {
  std::vector<Mount> mounts;
  mounts.reserve(volumes.size());
  for (const auto& volume : volumes) mounts.push_back(add(volume));
  return mounts;
}

}  // namespace mc::plan
