#pragma once
// Connects to an endpoint that may not exist yet: its name may not resolve, its process may not
// listen. Tries again within milliseconds, for as long as it takes.
//
// Thread-safety: none; lives on its loop's thread.

#include <chrono>
#include <functional>
#include <string>

#include "flux/overlay/resolver.hpp"

namespace mc::flux::overlay {

class Dialer {
 public:
  struct Handlers {
    /// Called for each connection made; may destroy the Dialer.
    std::function<void(base::Fd)> connected;
    /// Called for each try that fails.
    std::function<void(const base::Error&)> failing;
  };

  /// `connectTimeout`: the longest a single connect(2) may take, 0: as long as the kernel likes.
  Dialer(base::Loop& loop, Endpoint endpoint, std::chrono::milliseconds connectTimeout,
         Handlers handlers);

  /// Begins, or begins again after a connection was lost. `patient`: wait a second first, because
  /// the last connection was made and refused.
  void dial(bool patient = false);

 private:
  void tryOnce();
  void connectTo(std::vector<SocketAddress> addresses);
  void connectNext();
  void onWritable();
  void retry(const base::Error& error);
  [[nodiscard]] std::chrono::milliseconds patience() const;

  base::Loop& loop_;
  Endpoint endpoint_;
  std::chrono::milliseconds connectTimeout_;
  Handlers handlers_;
  std::chrono::milliseconds pause_;
  unsigned timeouts_ = 0;
  std::vector<SocketAddress> addresses_;  // those not tried yet, last first
  base::Fd socket_;
  base::Watch step_;     // lookup, connect or pause: what is under way
  base::Watch timeout_;  // of the connect
};

}  // namespace mc::flux::overlay
