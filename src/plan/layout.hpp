#pragma once
// Where things are in a Flux container.
//
// v1alpha1 has Flux's files at the places of a system installation (/run/flux, /etc/flux ...),
// v1alpha2 the same tree below a directory of its own, /mnt/flux/config. The socket's path tells.
//
// Thread-safety: pure functions.

#include <string>

#include "plan/plan.hpp"

namespace mc::plan {

/// "" for v1alpha1, "/mnt/flux/config" for v1alpha2.
std::string layoutRoot(const api::MiniCluster& cluster);

/// The directory that v1alpha2 mounts in every container of a Flux pod, "/mnt/flux"; empty: none.
std::string sharedDirectory(const api::MiniCluster& cluster);

entry::Paths paths(const api::MiniCluster& cluster);

}  // namespace mc::plan
