#pragma once
// From the name of a host to its addresses, without holding up the loop.
//
// Behind an interface, so that tests decide what a name stands for and when.
// Thread-safety: none; callbacks come on the loop.

#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/status.hpp"

namespace mc::entry {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

class Resolver {
 public:
  using Callback = std::function<void(base::Result<std::vector<Address>>)>;
  virtual ~Resolver() = default;
  /// Calls back once, unless the Watch is gone before.
  [[nodiscard]] virtual base::Watch resolve(const std::string& host, uint16_t port,
                                            Callback callback) = 0;
};

/// getaddrinfo(3) in a thread of its own; "localhost" needs none, and no /etc/hosts either. `loop`
/// must come from base::makeAsioLoop(). A lookup that is under way when the resolver ends is waited
/// for: a program in a hurry leaves by _exit(2).
std::unique_ptr<Resolver> makeResolver(base::Loop& loop);

}  // namespace mc::entry
