#include "http/endpoint.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace mc::http {

namespace {

/// How often a connect to a unix socket whose queue is full looks whether it shall stop; the kernel
/// has no event for that.
constexpr std::chrono::milliseconds kQueueWait{50};

tl::unexpected<base::Error> connectFailure(int errnum, const std::stop_token& stop) {
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  return base::fail(errnum, std::string("connect: ") + std::strerror(errnum));
}

base::Status connectUnix(const base::Fd& fd, const sockaddr_un& address, const Deadline& deadline,
                         const std::stop_token& stop) {
  const timeval wait{0, std::chrono::microseconds(kQueueWait).count()};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
  while (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0) {
    const bool full = errno == EAGAIN || errno == EINTR;
    if (!full || stop.stop_requested()) return connectFailure(errno, stop);
    if (pollTimeout(deadline) == 0) return connectFailure(ETIMEDOUT, stop);
  }
  return {};
}

base::Result<base::Fd> dialUnix(const std::string& path, const Deadline& deadline,
                                const std::stop_token& stop) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) {
    return base::fail(EINVAL, "the path of a socket has at most 107 characters: " + path);
  }
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return base::failErrno("socket");
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  MC_TRY(connectUnix(fd, address, deadline, stop));
  return fd;
}

base::Status connectTcp(const base::Fd& fd, const addrinfo& address, const Deadline& deadline,
                        const std::stop_token& stop) {
  const std::stop_callback abort(stop, [raw = fd.get()] { ::shutdown(raw, SHUT_RDWR); });
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) < 0) {
    if (errno != EINPROGRESS) return connectFailure(errno, stop);
    if (const auto ready = awaitEvents(fd.get(), POLLOUT, deadline); !ready) {
      return connectFailure(ready.error().errnum, stop);
    }
    int errnum = 0;
    socklen_t size = sizeof(errnum);
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &errnum, &size);
    if (errnum != 0) return connectFailure(errnum, stop);
  }
  if (stop.stop_requested()) return connectFailure(ECANCELED, stop);
  return {};
}

/// Requests leave at once, and a peer that vanished without a word is noticed in minutes.
void tune(const base::Fd& fd) {
  const int on = 1;
  const int idle = 30;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL, &idle, sizeof(idle));
}

base::Result<base::Fd> dialAddress(const addrinfo& address, const Deadline& deadline,
                                   const std::stop_token& stop) {
  base::Fd fd(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                       address.ai_protocol));
  if (!fd) return base::failErrno("socket");
  MC_TRY(connectTcp(fd, address, deadline, stop));
  tune(fd);
  return fd;
}

base::Result<base::Fd> dialTcp(const Endpoint& endpoint, const Deadline& deadline,
                               const std::stop_token& stop) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
      code != 0) {
    return base::fail(EHOSTUNREACH, "lookup " + endpoint.host + ": " + ::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  base::Result<base::Fd> fd = base::fail(EHOSTUNREACH, "lookup " + endpoint.host + ": no address");
  for (const addrinfo* one = found; one != nullptr && !fd && !stop.stop_requested();
       one = one->ai_next) {
    fd = dialAddress(*one, deadline, stop);
  }
  if (!fd && stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  return fd;
}

}  // namespace

std::string Endpoint::authority() const {
  if (!path.empty()) return "localhost";
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

std::string Endpoint::url() const {
  if (!path.empty()) return "unix://" + path;
  return (tls ? "https://" : "http://") + authority();
}

base::Result<std::unique_ptr<Stream>> dial(const Endpoint& endpoint, const Deadline& deadline,
                                           const std::stop_token& stop) {
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  MC_TRY_ASSIGN(base::Fd fd, endpoint.path.empty() ? dialTcp(endpoint, deadline, stop)
                                                   : dialUnix(endpoint.path, deadline, stop));
  if (!endpoint.tls) return plainStream(std::move(fd));
  return connectTls(std::move(fd), *endpoint.tls, endpoint.host, deadline, stop);
}

}  // namespace mc::http
