#pragma once
// Connecting to a broker's socket, here or on another host: retries and the status byte.
//
// Thread-safety: none; uses its loop.

#include <sys/types.h>

#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/status.hpp"

namespace mc::flux::client {

/// A way to a broker. The first byte from there is the broker's status byte.
struct Transport {
  base::Fd socket;
  /// The child that carries it to another host, which ends when `socket` is closed; -1: none.
  pid_t helper = -1;
};

/// Goes to the socket of a local:// URI, once. For an ssh:// URI it starts a helper, of which
/// nothing is known yet: `$FLUX_SSH HOST flux relay PATH` where FLUX_SSH is set, as flux-core does;
/// otherwise `flux relay --host=HOST PATH`, which asks the instance at FLUX_URI for the way.
base::Result<Transport> dial(const std::string& uri);

/// dial() and the status byte. While there is no socket or nobody listens, it tries again after 16,
/// 32, ... ms (at most 2 s), so often as `retries` says (not for other hosts); it runs the loop
/// meanwhile. Fails with ENOENT "broker socket PATH was not found", or with the errno that the
/// broker sent (EPERM: guests are not allowed).
base::Result<base::Fd> connectTo(base::Loop& loop, const std::string& uri, int retries);

/// 5, or what $FLUX_LOCAL_CONNECTOR_RETRY_COUNT says.
int connectRetries();

}  // namespace mc::flux::client
