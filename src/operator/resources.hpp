#pragma once
// Resources of the API group of MiniClusters.
//
// Thread-safety: constants.

#include "kube/resource.hpp"

namespace mc::controller {

/// The stored version: no conversion is needed to watch it.
inline const kube::Resource kMiniClusters{"flux-framework.org", "v1alpha2", "miniclusters",
                                          "MiniCluster", true};

}  // namespace mc::controller
