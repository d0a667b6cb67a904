#include "http/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>

namespace mc::http {

namespace {

constexpr std::string_view kUnixScheme = "unix://";
constexpr int kSocketType = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

base::Result<Listener> listenUnix(const std::string& where) {
  Listener listener;
  listener.address = where;
  listener.path = where.substr(kUnixScheme.size());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (listener.path.empty() || listener.path.size() >= sizeof(address.sun_path)) {
    return base::fail(EINVAL, "the path of a socket has 1 to 107 characters: '" + where + "'");
  }
  listener.path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  struct stat status{};
  if (::lstat(listener.path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    ::unlink(listener.path.c_str());
  }
  listener.fd.reset(::socket(AF_UNIX, kSocketType, 0));
  if (::bind(listener.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0 ||
      ::listen(listener.fd.get(), SOMAXCONN) < 0) {
    return base::failErrno("listen at " + where);
  }
  return listener;
}

base::Result<base::Fd> bound(const addrinfo& address, const std::string& where) {
  base::Fd fd(::socket(address.ai_family, kSocketType, address.ai_protocol));
  if (!fd) return base::failErrno("listen at " + where);
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // An IPv6 socket for all addresses takes IPv4 too.
  if (address.ai_family == AF_INET6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) < 0 ||
      ::listen(fd.get(), SOMAXCONN) < 0) {
    return base::failErrno("listen at " + where);
  }
  return fd;
}

uint16_t portOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

/// IPv6 first, because its socket for all addresses serves both families.
base::Result<base::Fd> boundToAny(const addrinfo* found, const std::string& where) {
  base::Result<base::Fd> fd = base::fail(EADDRNOTAVAIL, "listen at " + where + ": no address");
  for (const int family : {AF_INET6, AF_INET}) {
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      if (one->ai_family != family) continue;
      fd = bound(*one, where);
      if (fd) return fd;
    }
  }
  return fd;
}

base::Result<Listener> listenTcp(const std::string& where) {
  const size_t colon = where.rfind(':');
  if (colon == std::string::npos) {
    return base::fail(EINVAL, "'" + where + "' is not HOST:PORT or unix:///PATH");
  }
  const std::string port = where.substr(colon + 1);
  const std::string shown = where.substr(0, colon);
  std::string host = shown;
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int code =
          ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
      code != 0) {
    return base::fail(EINVAL, "listen at " + where + ": " + ::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  Listener listener;
  MC_TRY_ASSIGN(listener.fd, boundToAny(found, where));
  listener.port = portOf(listener.fd.get());
  const bool any = host.empty() || host == "0.0.0.0" || host == "::";
  listener.address = (any ? "127.0.0.1" : shown) + ":" + std::to_string(listener.port);
  return listener;
}

}  // namespace

base::Result<Listener> listenAt(const std::string& where) {
  return where.starts_with(kUnixScheme) ? listenUnix(where) : listenTcp(where);
}

}  // namespace mc::http
