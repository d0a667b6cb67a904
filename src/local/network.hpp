#pragma once
// The network that the pods of a namespace share. The first cluster brings it, the last takes it
// away.
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local {

/// Makes it unless it is there. Returns its name.
base::Result<std::string> ensureNetwork(docker::Client& client, const std::string& ns,
                                        const std::stop_token& stop);

/// Whether a container could not be started because its network is gone (the last cluster of the
/// namespace was removed in this moment) or because there are two of its name (two commands have
/// made it in this moment).
bool lacksNetwork(const base::Error& error);

/// Afterwards there is one of its name.
base::Status mendNetwork(docker::Client& client, const std::string& ns,
                         const std::stop_token& stop);

/// Removes it if the namespace has no cluster. To be called after a cluster's record is gone, so
/// that the last of several that leave at once finds none.
base::Status removeUnusedNetwork(docker::Client& client, const std::string& ns,
                                 const std::stop_token& stop);

}  // namespace mc::local
