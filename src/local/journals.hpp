#pragma once
// Reads what the Flux containers of a MiniCluster have noted (entry/journal.hpp). It is a file in
// each container, which is there as long as the container is, whether it runs or not.
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <vector>

#include "engine/view.hpp"
#include "local/docker/client.hpp"
#include "local/snapshot.hpp"

namespace mc::local {

base::Result<std::vector<engine::Journal>> journalsOf(docker::Client& client,
                                                      const ClusterState& cluster,
                                                      const std::stop_token& stop);

}  // namespace mc::local
