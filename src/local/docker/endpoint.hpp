#pragma once
// Where a Docker Engine listens.
//
// Thread-safety: values and pure functions, but connectTo(), which may be called from any thread.

#include <stop_token>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/status.hpp"

namespace mc::local::docker {

struct Endpoint {
  std::string text;  ///< as the user wrote it, for messages
  std::string path;  ///< of the unix socket; empty for TCP
  std::string host;
  std::string port;
};

/// Reads DOCKER_HOST: "unix:///path", "tcp://host:port", "http://host:port". EINVAL for what we
/// don't speak (ssh, TLS) and for nonsense.
base::Result<Endpoint> parseEndpoint(std::string_view text);

/// A connected, blocking socket. ECONNREFUSED if nobody answers, EACCES if we may not ask, both
/// with docker's own words; ECANCELED after a stop.
base::Result<base::Fd> connectTo(const Endpoint& endpoint, const std::stop_token& stop);

}  // namespace mc::local::docker
