#include "local/docker/endpoint.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <memory>
#include <optional>

namespace mc::local::docker {

namespace {

constexpr std::string_view kUnixScheme = "unix://";
constexpr std::string_view kTcpSchemes[] = {"tcp://", "http://"};

base::Result<Endpoint> unixEndpoint(std::string_view text) {
  Endpoint endpoint{std::string(text), std::string(text.substr(kUnixScheme.size())), {}, {}};
  if (endpoint.path.empty()) endpoint.path = "/var/run/docker.sock";
  if (endpoint.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return base::fail(
        EINVAL, "DOCKER_HOST: the path of a socket has at most 107 characters: " + endpoint.path);
  }
  return endpoint;
}

base::Result<Endpoint> tcpEndpoint(std::string_view text, std::string_view address) {
  address = address.substr(0, address.find('/'));
  const size_t colon = address.rfind(':');
  const bool hasPort = colon != std::string_view::npos && address.find(']', colon) == address.npos;
  std::string_view host = address.substr(0, hasPort ? colon : address.size());
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return base::fail(EINVAL, "DOCKER_HOST: no host in " + std::string(text));
  return Endpoint{std::string(text),
                  {},
                  std::string(host),
                  std::string(hasPort ? address.substr(colon + 1) : "2375")};
}

tl::unexpected<base::Error> connectFailure(const Endpoint& endpoint, int errnum,
                                           const std::stop_token& stop) {
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  if (errnum == EACCES) {
    return base::fail(EACCES,
                      "permission denied while trying to connect to the Docker daemon socket at " +
                          endpoint.text);
  }
  return base::fail(ECONNREFUSED, "Cannot connect to the Docker daemon at " + endpoint.text +
                                      ". Is the docker daemon running?");
}

/// Connects while a stop shuts the socket down; 0 or an errno.
int connectSocket(const base::Fd& fd, const sockaddr* address, socklen_t size,
                  const std::stop_token& stop) {
  const std::stop_callback abort(stop, [raw = fd.get()] { ::shutdown(raw, SHUT_RDWR); });
  while (::connect(fd.get(), address, size) < 0) {
    if (errno != EINTR) return errno;
  }
  return stop.stop_requested() ? ECANCELED : 0;
}

base::Result<base::Fd> connectUnix(const Endpoint& endpoint, const std::stop_token& stop) {
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return base::failErrno("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  endpoint.path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int errnum =
      connectSocket(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address), stop);
  if (errnum != 0) return connectFailure(endpoint, errnum, stop);
  return fd;
}

base::Result<base::Fd> connectTcp(const Endpoint& endpoint, const std::stop_token& stop) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
      code != 0) {
    return base::fail(ECONNREFUSED, "Cannot connect to the Docker daemon at " + endpoint.text +
                                        ": " + ::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  int errnum = ECONNREFUSED;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    base::Fd fd(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    if (!fd) continue;
    errnum = connectSocket(fd, one->ai_addr, one->ai_addrlen, stop);
    if (errnum == 0) return fd;
  }
  return connectFailure(endpoint, errnum, stop);
}

}  // namespace

base::Result<Endpoint> parseEndpoint(std::string_view text) {
  if (text.starts_with(kUnixScheme)) return unixEndpoint(text);
  for (const std::string_view scheme : kTcpSchemes) {
    if (text.starts_with(scheme)) return tcpEndpoint(text, text.substr(scheme.size()));
  }
  return base::fail(EINVAL, "DOCKER_HOST: '" + std::string(text) +
                                "' is not unix:///PATH or tcp://HOST:PORT (without TLS); for a "
                                "remote engine forward its socket, e.g. with `ssh -L`");
}

base::Result<base::Fd> connectTo(const Endpoint& endpoint, const std::stop_token& stop) {
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  return endpoint.path.empty() ? connectTcp(endpoint, stop) : connectUnix(endpoint, stop);
}

}  // namespace mc::local::docker
