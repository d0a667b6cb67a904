#include "flux/overlay/endpoint.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace mc::flux::overlay {
namespace {

constexpr int kBacklog = 1024;

SocketAddress ipv4(const in_addr& address, uint16_t port) {
  SocketAddress result;
  auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
  in.sin_family = AF_INET;
  in.sin_addr = address;
  in.sin_port = htons(port);
  result.length = sizeof in;
  return result;
}

SocketAddress ipv6(const in6_addr& address, uint16_t port, uint32_t scope = 0) {
  SocketAddress result;
  auto& in = reinterpret_cast<sockaddr_in6&>(result.storage);
  in.sin6_family = AF_INET6;
  in.sin6_addr = address;
  in.sin6_scope_id = scope;
  in.sin6_port = htons(port);
  result.length = sizeof in;
  return result;
}

/// IPv4 addresses first: brokers prefer them, as flux-core does.
base::Result<std::vector<SocketAddress>> interfaceAddresses(const Endpoint& endpoint) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return base::failErrno("getifaddrs");
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  std::vector<SocketAddress> v4;
  std::vector<SocketAddress> v6;
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || endpoint.host != i->ifa_name) continue;
    if (i->ifa_addr->sa_family == AF_INET) {
      v4.push_back(ipv4(reinterpret_cast<sockaddr_in*>(i->ifa_addr)->sin_addr, endpoint.port));
    } else if (i->ifa_addr->sa_family == AF_INET6) {
      const auto* in = reinterpret_cast<sockaddr_in6*>(i->ifa_addr);
      v6.push_back(ipv6(in->sin6_addr, endpoint.port, in->sin6_scope_id));
    }
  }
  v4.insert(v4.end(), v6.begin(), v6.end());
  if (v4.empty())
    return base::fail(ENODEV, endpoint.uri() + ": no network interface or address '" +
                                  endpoint.host + "' on this machine");
  return v4;
}

base::Result<base::Fd> listenAt(const SocketAddress& address) {
  base::Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return base::failErrno("socket");
  const int one = 1;
  const int zero = 0;
  if (address.storage.ss_family != AF_UNIX)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address.storage.ss_family == AF_INET6)
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  if (::bind(fd.get(), address.get(), address.length) != 0) return base::failErrno("bind");
  if (::listen(fd.get(), kBacklog) != 0) return base::failErrno("listen");
  return fd;
}

base::Result<uint16_t> parsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size())
    return base::fail(EINVAL, "port '" + std::string(text) + "' is not a number below 65536");
  return port;
}

base::Result<Endpoint> parseTcp(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return base::fail(EINVAL, "a TCP endpoint is tcp://HOST:PORT");
  std::string_view host = address.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty()) return base::fail(EINVAL, "a TCP endpoint is tcp://HOST:PORT");
  MC_TRY_ASSIGN(const uint16_t port, parsePort(address.substr(colon + 1)));
  return Endpoint{Endpoint::Kind::Tcp, std::string(host), port};
}

/// Whether a process still answers at the socket file of `address`.
bool somebodyAnswers(const SocketAddress& address) {
  const base::Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe && (::connect(probe.get(), address.get(), address.length) == 0 || errno == EAGAIN);
}

}  // namespace

base::Result<Endpoint> Endpoint::parse(std::string_view uri) {
  const auto after = [&](std::string_view scheme) { return uri.substr(scheme.size()); };
  const std::string context = "endpoint '" + std::string(uri) + "'";
  if (uri.substr(0, 6) == "ipc://") {
    if (uri.size() == 6) return base::fail(EINVAL, context + ": no path");
    return Endpoint{Kind::Ipc, std::string(after("ipc://")), 0};
  }
  if (uri.substr(0, 6) == "tcp://") return parseTcp(after("tcp://")).prefixed(context);
  return base::fail(EINVAL, context + ": begins with neither tcp:// nor ipc://");
}

std::string Endpoint::uri() const {
  if (kind == Kind::Ipc) return "ipc://" + host;
  const bool colons = host.find(':') != std::string::npos;
  return "tcp://" + (colons ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::Result<SocketAddress> unixAddress(const std::string& path) {
  SocketAddress result;
  auto& un = reinterpret_cast<sockaddr_un&>(result.storage);
  if (path.size() >= sizeof un.sun_path)
    return base::fail(ENAMETOOLONG, path + ": longer than a socket's path may be (" +
                                        std::to_string(sizeof un.sun_path - 1) + " bytes)");
  un.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), un.sun_path);
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return result;
}

base::Result<std::vector<SocketAddress>> bindAddresses(const Endpoint& endpoint) {
  if (endpoint.host == "*")
    return std::vector{ipv6(in6addr_any, endpoint.port), ipv4({INADDR_ANY}, endpoint.port)};
  in_addr v4{};
  if (::inet_pton(AF_INET, endpoint.host.c_str(), &v4) == 1)
    return std::vector{ipv4(v4, endpoint.port)};
  in6_addr v6{};
  if (::inet_pton(AF_INET6, endpoint.host.c_str(), &v6) == 1)
    return std::vector{ipv6(v6, endpoint.port)};
  return interfaceAddresses(endpoint);
}

base::Result<base::Fd> listenOn(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::Ipc) return listenOnPath(endpoint.host);
  MC_TRY_ASSIGN(const auto addresses, bindAddresses(endpoint));
  base::Error last;
  for (const auto& address : addresses) {
    auto fd = listenAt(address);
    if (fd) return fd;
    last = fd.error();  // e.g. a kernel without IPv6: the next address may do
  }
  return base::pass(last.prefixed(endpoint.uri()));
}

base::Result<base::Fd> listenOnPath(const std::string& path) {
  MC_TRY_ASSIGN(const SocketAddress address, unixAddress(path));
  auto fd = listenAt(address);
  if (fd || fd.error().errnum != EADDRINUSE) return std::move(fd).prefixed(path);
  if (somebodyAnswers(address))
    return base::fail(EADDRINUSE, path + ": another process listens there");
  ::unlink(path.c_str());
  return listenAt(address).prefixed(path);
}

base::Result<uint16_t> boundPort(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0)
    return base::failErrno("getsockname");
  if (address.storage.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
  return ntohs(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port);
}

base::Status watchPeer(int fd, std::chrono::milliseconds timeout) {
  const int one = 1;
  const auto milliseconds = static_cast<unsigned>(std::max<int64_t>(timeout.count(), 0));
  // Four probes within the time, so that a single lost packet does not end a connection.
  const int interval = std::max<int>(static_cast<int>(timeout.count() / 4000), 1);
  const int probes = 3;
  const auto set = [&](int level, int option, const auto& value) {
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
  };
  if (set(IPPROTO_TCP, TCP_NODELAY, one) && set(SOL_SOCKET, SO_KEEPALIVE, one) &&
      set(IPPROTO_TCP, TCP_KEEPIDLE, interval) && set(IPPROTO_TCP, TCP_KEEPINTVL, interval) &&
      set(IPPROTO_TCP, TCP_KEEPCNT, probes) && set(IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds))
    return {};
  return base::failErrno("setsockopt");
}

}  // namespace mc::flux::overlay
