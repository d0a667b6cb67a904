#pragma once
// Where the broker is: local:// and ssh:// URIs.
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

/// The path of a local:// URI. EINVAL for another scheme, ENAMETOOLONG for a path that no socket
/// can have.
base::Result<std::string> socketPath(std::string_view uri);

/// The parts of ssh://[USER@]HOST[:PORT]/PATH: a broker's socket on another host.
struct RemoteUri {
  std::string user;  ///< may be empty
  std::string host;
  std::string port;  ///< may be empty
  std::string path;

  static bool is(std::string_view uri) { return uri.starts_with("ssh://"); }
  /// EINVAL where host or path is missing, or a part begins with "-" as an option would.
  static base::Result<RemoteUri> parse(std::string_view uri);
};

}  // namespace mc::flux::client
