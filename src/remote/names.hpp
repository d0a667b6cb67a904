#pragma once
// What the operator's objects are found by.
//
// Thread-safety: constants.

#include "kube/resource.hpp"

namespace mc::remote {

/// On everything that belongs to a MiniCluster; its value is the MiniCluster's name.
constexpr const char* kClusterLabel = "flux-framework.org/cluster";
/// On everything of ours, with kManager: also on the Service that several clusters share.
constexpr const char* kManagedByLabel = "app.kubernetes.io/managed-by";
constexpr const char* kManager = "minicluster";
/// On the pods of an Indexed Job, by Kubernetes' Job controller.
constexpr const char* kIndexLabel = "batch.kubernetes.io/job-completion-index";
/// On an EndpointSlice: the name of its Service.
constexpr const char* kServiceLabel = "kubernetes.io/service-name";

inline const kube::Resource kMiniClusters{"flux-framework.org", "v1alpha2", "miniclusters",
                                          "MiniCluster", true};

}  // namespace mc::remote
