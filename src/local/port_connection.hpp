#pragma once
// Connections to ports inside a pod, which need not be published and may listen at 127.0.0.1 there.
//
// The way leads through the Docker Engine, wherever that runs: a command in the pod's pause
// container (minicluster-entry connect) joins its input and output to the port.
//
// Thread-safety: any thread.

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/fd.hpp"
#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local {

/// Carries bytes between a connected socket and the port until the pod's side ends, or the local
/// side is gone. EIO, with the reason, if the port can't be reached.
base::Status connectPort(docker::Client& client, const std::string& pause, uint16_t port,
                         const base::Fd& local, const std::stop_token& stop);

}  // namespace mc::local
