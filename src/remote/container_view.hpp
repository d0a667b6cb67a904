#pragma once
// The containers of a pod of the API.
//
// Thread-safety: pure functions.

#include <vector>

#include "engine/view.hpp"
#include "kube/object.hpp"

namespace mc::remote {

/// The containers that stay: the pod's own, then its native sidecars. Init containers that end
/// before are not among them.
std::vector<engine::ContainerView> containerViews(const kube::Object& pod, plan::ContainerKind own);

/// The pod's volumes, of the kinds that a manifest can ask for.
std::vector<plan::PodVolume> volumesOf(const kube::Object& pod);

}  // namespace mc::remote
