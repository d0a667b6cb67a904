#pragma once
// Waiting for something to become true of the Docker Engine's objects: by its events, without
// polling.
//
// Thread-safety: may be called from any thread.

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local {

/// Calls `changed` once, and again after each event of our containers and volumes in namespace `ns`
/// (empty: all), until it returns true. ETIMEDOUT after `timeout`; EIO if the engine goes away.
base::Status untilTrue(docker::Client& client, const std::string& ns,
                       const std::function<base::Result<bool>(const std::stop_token&)>& changed,
                       std::optional<std::chrono::milliseconds> timeout,
                       const std::stop_token& stop);

}  // namespace mc::local
