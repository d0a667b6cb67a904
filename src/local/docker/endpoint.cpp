#include "local/docker/endpoint.hpp"

#include <sys/un.h>

#include "http/uri.hpp"

namespace mc::local::docker {

namespace {

constexpr std::string_view kUnixScheme = "unix://";
constexpr std::string_view kTcpSchemes[] = {"tcp", "http"};

base::Result<Endpoint> unixEndpoint(std::string_view text) {
  Endpoint endpoint;
  endpoint.text = text;
  endpoint.path = text.substr(kUnixScheme.size());
  if (endpoint.path.empty()) endpoint.path = "/var/run/docker.sock";
  if (endpoint.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return base::fail(
        EINVAL, "DOCKER_HOST: the path of a socket has at most 107 characters: " + endpoint.path);
  }
  return endpoint;
}

base::Result<Endpoint> tcpEndpoint(std::string_view text) {
  MC_TRY_ASSIGN(http::Url url, http::parseUrl(text).prefixed("DOCKER_HOST"));
  Endpoint endpoint;
  endpoint.text = text;
  endpoint.host = std::move(url.host);
  endpoint.port = url.port.empty() ? "2375" : std::move(url.port);
  return endpoint;
}

}  // namespace

base::Result<Endpoint> parseEndpoint(std::string_view text) {
  if (text.starts_with(kUnixScheme)) return unixEndpoint(text);
  for (const std::string_view scheme : kTcpSchemes) {
    if (text.starts_with(std::string(scheme) + "://")) return tcpEndpoint(text);
  }
  return base::fail(EINVAL, "DOCKER_HOST: '" + std::string(text) +
                                "' is not unix:///PATH or tcp://HOST:PORT (without TLS); for a "
                                "remote engine forward its socket, e.g. with `ssh -L`");
}

base::Error connectError(const Endpoint& endpoint, const base::Error& error) {
  if (error.errnum == EACCES) {
    return {EACCES, "permission denied while trying to connect to the Docker daemon socket at " +
                        endpoint.text};
  }
  if (error.errnum == EHOSTUNREACH) {
    return {ECONNREFUSED,
            "Cannot connect to the Docker daemon at " + endpoint.text + ": " + error.message};
  }
  return {ECONNREFUSED, "Cannot connect to the Docker daemon at " + endpoint.text +
                            ". Is the docker daemon running?"};
}

}  // namespace mc::local::docker
