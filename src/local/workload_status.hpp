#pragma once
// What users see of a pod of a Deployment, or of a Pod of its own.
//
// Source of words and rules: Kubernetes' core/v1 PodStatus and kubectl's printers (printPod).
// Thread-safety: pure functions.

#include "local/snapshot.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// Fills in phase, status, conditions and what else differs from a MiniCluster's pod. `view` has
/// its containers already.
void finishWorkloadView(const ClusterState& owner, const PodState& pod, PodView& view);

/// What a probe says to a container's state.
void applyHealth(const plan::Container& spec, const ContainerFacts& facts, ContainerView& view);

}  // namespace mc::local
