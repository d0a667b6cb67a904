#pragma once
// Where brokers meet: "tcp://HOST:PORT" and "ipc://PATH" (the URIs of flux-config-bootstrap(5)),
// and the sockets behind them.
//
// Thread-safety: Endpoint is a value; the functions are safe from any thread.

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"

namespace mc::flux::overlay {

struct Endpoint {
  enum class Kind { Tcp, Ipc };
  Kind kind = Kind::Tcp;
  /// A name, an address, an interface, or "*" (Tcp); a path (Ipc).
  std::string host;
  uint16_t port = 0;

  /// EINVAL with the reason; IPv6 addresses stand in brackets.
  static base::Result<Endpoint> parse(std::string_view uri);
  [[nodiscard]] std::string uri() const;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The address of a path; ENAMETOOLONG if it does not fit.
base::Result<SocketAddress> unixAddress(const std::string& path);

/// The addresses a bind endpoint means: all for "*", those of an interface, or one that is given as
/// numbers. ENODEV if the machine has no such interface. Host names are not looked up.
base::Result<std::vector<SocketAddress>> bindAddresses(const Endpoint& endpoint);

/// A listening, non-blocking socket. The socket file of a dead process is replaced; EADDRINUSE if
/// somebody answers there.
base::Result<base::Fd> listenOn(const Endpoint& endpoint);

/// Replaces a socket file that nobody listens on any more, and listens there.
base::Result<base::Fd> listenOnPath(const std::string& path);

/// The port a listening TCP socket got, for port 0.
base::Result<uint16_t> boundPort(int fd);

/// Lets the kernel notice a peer that is gone without a word: probes of an idle connection, and the
/// longest time that sent data may stay unacknowledged. Needs no timers of ours.
base::Status watchPeer(int fd, std::chrono::milliseconds timeout);

}  // namespace mc::flux::overlay
