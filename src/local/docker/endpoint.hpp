#pragma once
// Where a Docker Engine listens.
//
// Thread-safety: values and pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"
#include "http/endpoint.hpp"

namespace mc::local::docker {

struct Endpoint : http::Endpoint {
  std::string text;  ///< as the user wrote it, for messages
};

/// Reads DOCKER_HOST: "unix:///path", "tcp://host:port", "http://host:port". EINVAL for what we
/// don't speak (ssh, TLS) and for nonsense.
base::Result<Endpoint> parseEndpoint(std::string_view text);

/// A failed connect in docker's own words: EACCES if we may not ask, else ECONNREFUSED.
base::Error connectError(const Endpoint& endpoint, const base::Error& error);

}  // namespace mc::local::docker
