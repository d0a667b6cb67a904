#pragma once
// Servers for tests: kept closed until the test opens them.

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/fd.hpp"
#include "entry/resolver.hpp"

namespace mc::entry {

class Listener {
 public:
  /// AF_INET: a port of the loopback. AF_UNIX: a name without a file, to which a connection is made
  /// or refused at once, so that no loop has to turn for it.
  explicit Listener(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto* in = reinterpret_cast<sockaddr_in*>(&address_.storage);
    address_.storage.ss_family = static_cast<sa_family_t>(family);
    address_.length = sizeof(sa_family_t);
    if (family == AF_INET) {
      in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address_.length = sizeof *in;
    }
    auto* where = reinterpret_cast<sockaddr*>(&address_.storage);
    bound_ = ::bind(fd_.get(), where, address_.length) == 0;
    address_.length = sizeof address_.storage;
    bound_ = bound_ && ::getsockname(fd_.get(), where, &address_.length) == 0;
  }
  /// Until then, connections are refused.
  bool open() { return bound_ && ::listen(fd_.get(), 8) == 0; }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] uint16_t port() const {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address_.storage)->sin_port);
  }

 private:
  base::Fd fd_;
  Address address_;
  bool bound_ = false;
};

}  // namespace mc::entry
