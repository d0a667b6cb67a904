#pragma once
// Ending and removing MiniClusters. Each function may be killed and called again, and called twice
// at once; it ends with the same.
//
// Thread-safety: may be called from any thread.

#include <functional>
#include <stop_token>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/serial_progress.hpp"
#include "local/snapshot.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// Stops what still runs of a cluster whose lead has ended: followers, which mostly end by
/// themselves, then sidecars and services, then the pods. Everything stays to be looked at.
base::Status finishCluster(docker::Client& client, const ClusterRef& ref, SerialProgress& progress,
                           const std::stop_token& stop);

/// Stops and removes the Flux pods beyond the record's size, with their volumes.
base::Status removeSurplus(docker::Client& client, const ClusterState& cluster,
                           SerialProgress& progress, const std::stop_token& stop);

/// Stops and removes the pods for whose name (with suffix) `surplus` says so, with their volumes.
base::Status removePods(docker::Client& client, const ClusterState& cluster,
                        const std::function<bool(const std::string&)>& surplus,
                        SerialProgress& progress, const std::stop_token& stop);

/// Leaves the mark that a cluster is being removed.
base::Status markRemoval(docker::Client& client, const Record& record, const std::stop_token& stop);

/// Stops and removes everything of a cluster, the lead's Flux container last of the containers (it
/// holds the job's result, should this be cut short), its record after all of them. ENOENT if there
/// is none, or none with `uid` if that is given.
base::Status removeCluster(docker::Client& client, const ClusterRef& ref,
                           const RemoveOptions& options, SerialProgress& progress,
                           const std::stop_token& stop, const std::string& uid = {});

}  // namespace mc::local
