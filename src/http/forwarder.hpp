#pragma once
// Listens at ports of this machine and has each connection carried to a port somewhere else.
//
// Thread-safety: listen() and start() belong to one thread; the functions of the options are called
// from many.

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/fd.hpp"
#include "base/status.hpp"

namespace mc::http {

struct PortPair {
  uint16_t local = 0;  ///< 0: a free one
  uint16_t remote = 0;
};

class Forwarder {
 public:
  struct Options {
    /// Carries bytes between a connected socket and the remote port, until one of them ends.
    std::function<base::Status(uint16_t remote, const base::Fd& local, const std::stop_token& stop)>
        carry;
    /// Told of each new connection; may be empty.
    std::function<void(const PortPair&)> onConnection;
    /// Told why carry failed, unless it was stopped; may be empty.
    std::function<void(const PortPair&, const base::Error&)> onError;
  };

  explicit Forwarder(Options options);
  /// Ends all connections.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// Listens at an IP address; the pair with its local port. Connections wait for start().
  /// EADDRINUSE, EINVAL ...
  base::Result<PortPair> listen(const std::string& address, PortPair pair);
  /// Takes connections from now on. Once.
  base::Status start();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::http
