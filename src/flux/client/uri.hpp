#pragma once
// Where the broker is: local:// URIs.
//
// Thread-safety: pure functions, except that brokerUri() reads the environment.

#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::client {

/// The socket of the system instance; used where FLUX_URI is not set.
constexpr std::string_view kDefaultUri = "local:///run/flux/local";

/// $FLUX_URI, or kDefaultUri where that is unset or empty.
std::string brokerUri();

/// The path of the Unix socket that a local:// URI names. EINVAL for other schemes and relative
/// paths, ENAMETOOLONG for what no socket address can hold.
base::Result<std::string> socketPath(std::string_view uri);

}  // namespace mc::flux::client
