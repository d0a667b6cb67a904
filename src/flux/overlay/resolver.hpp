#pragma once
// Host names to addresses without blocking the loop.
//
// getaddrinfo(3) blocks for as long as the name server likes; it runs on a short-lived thread.
//
// Thread-safety: none; the callback runs on the loop's thread.

#include <functional>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "flux/overlay/endpoint.hpp"

namespace mc::flux::overlay {

using Resolved = base::Result<std::vector<SocketAddress>>;

/// Calls back once with the addresses of `host` (each with `port`), or with ENOENT where the name
/// is not known yet and EAGAIN where the name server does not answer. Numeric addresses need no
/// thread. Destroying the Watch drops the answer.
[[nodiscard]] base::Watch resolve(base::Loop& loop, const std::string& host, uint16_t port,
                                  std::function<void(Resolved)> callback);

}  // namespace mc::flux::overlay
