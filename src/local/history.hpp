#pragma once
// What happened to a MiniCluster, told from what the Docker Engine still knows of its containers.
//
// Reasons and messages are the kubelet's.
// Thread-safety: pure functions.

#include <vector>

#include "local/snapshot.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// Oldest first.
std::vector<Event> historyOf(const ClusterState& cluster);

}  // namespace mc::local
