#pragma once
// Connecting to a broker's local socket: retries and the status byte.
//
// Thread-safety: none; uses its loop.

#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/status.hpp"

namespace mc::flux::client {

/// Connects to the Unix socket at `path` and reads the status byte. While there is no socket or
/// nobody listens, it tries again after 16, 32, ... ms (at most 2 s), so often as `retries` says;
/// it runs the loop meanwhile. Fails with ENOENT "broker socket PATH was not found", or with the
/// errno that the broker sent (EPERM: guests are not allowed).
base::Result<base::Fd> connectLocal(base::Loop& loop, const std::string& path, int retries);

/// 5, or what $FLUX_LOCAL_CONNECTOR_RETRY_COUNT says.
int connectRetries();

}  // namespace mc::flux::client
