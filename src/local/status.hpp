#pragma once
// What users see of a MiniCluster, computed from the Docker Engine's containers.
//
// Source of words and rules: Kubernetes' core/v1 PodStatus and kubectl's printers (printPod).
// Thread-safety: pure functions.

#include <string>
#include <vector>

#include "local/snapshot.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// `facts` null: the container does not exist (yet).
/// `mark`: why it does not exist, if that is known.
ContainerView containerView(const plan::Container& spec, const ContainerFacts* facts,
                            const WaitMark* mark = nullptr);

PodView podView(const ClusterState& cluster, const PodState& pod, const std::string& node);

ClusterView clusterView(const ClusterState& cluster);

std::vector<ServiceView> serviceViews(const ClusterState& cluster);

/// Whether everything that the record asks for exists and was started once.
bool complete(const ClusterState& cluster);

/// Whether the lead has ended for good.
bool finished(const ClusterState& cluster);

/// Whether it is a follower beyond the record's size; whether there is one.
bool isSurplus(const ClusterState& cluster, const PodState& pod);
bool hasSurplus(const ClusterState& cluster);

/// Whether anything of a finished cluster still runs.
bool leftRunning(const ClusterState& cluster);

}  // namespace mc::local
