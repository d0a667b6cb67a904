#pragma once
// Containers beside the Flux container, and those of the services pod.
//
// Thread-safety: pure functions.

#include "plan/plan.hpp"
#include "plan/volumes.hpp"

namespace mc::plan {

/// What every kind of container has alike; no command.
Container commonContainer(const api::Container& container, Volumes& volumes);

/// A sidecar or service. Without a command it runs what its image does. Its hooks (v1alpha2:
/// init and servicePre before, post after) run in a shell around the command; they need one,
/// because the image's own command is not known here. EINVAL, with the field's path, otherwise.
base::Result<Container> sideContainer(const api::MiniCluster& cluster,
                                      const api::Container& container, ContainerKind kind,
                                      Volumes& volumes);

}  // namespace mc::plan
