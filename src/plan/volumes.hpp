#pragma once
// Volumes of a pod and their mounts in its containers.
//
// Thread-safety: a plain value; one pod, one thread.

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace mc::plan {

/// Collects the volumes of one pod while its containers are made. A volume that several containers
/// name (or one container at several paths) is there once; the same name for something else gets a
/// name of its own. Mounts go only to the container that asks for them.
class Volumes {
 public:
  Mount add(const api::Volume& volume);
  std::vector<Mount> add(const std::vector<api::Volume>& volumes);
  [[nodiscard]] std::vector<PodVolume> take() { return std::move(volumes_); }

 private:
  [[nodiscard]] const PodVolume* find(const std::string& name) const;

  std::vector<PodVolume> volumes_;
};

}  // namespace mc::plan
