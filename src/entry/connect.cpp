#include "entry/connect.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>

#include "base/fd.hpp"
#include "base/relay.hpp"

namespace mc::entry {
namespace {

base::Result<uint16_t> parsePort(const std::string& text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size() && port != 0) return port;
  return base::fail(EINVAL, "'" + text + "' is no port");
}

template <class Address>
base::Result<base::Fd> connected(const Address& address, int family, const char* name) {
  base::Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fd;
  return base::failErrno(name);
}

base::Result<base::Fd> connectLoopback(uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto fd = connected(v4, AF_INET, "127.0.0.1");
  if (fd) return fd;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  auto other = connected(v6, AF_INET6, "::1");
  return other ? std::move(other) : std::move(fd);
}

base::Status join(const std::string& text) {
  MC_TRY_ASSIGN(const uint16_t port, parsePort(text));
  MC_TRY_ASSIGN(const base::Fd server, connectLoopback(port).prefixed("port " + text));
  const auto print = [](std::string_view bytes) { return base::writeAll(STDOUT_FILENO, bytes); };
  return base::relay(server.get(), STDIN_FILENO, print, {});
}

}  // namespace

int connectTo(const std::string& port) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto done = join(port);
  // Who reads no more has had enough.
  if (done || done.error().errnum == EPIPE) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}

}  // namespace mc::entry
