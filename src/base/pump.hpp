#pragma once
// One direction of a connection that is carried from one descriptor to another.
//
// Thread-safety: none; lives on its loop.

#include <functional>
#include <string>

#include "base/loop.hpp"

namespace mc::base {

/// Reads from one side what the other side takes.
class Pump {
 public:
  /// Both descriptors are nonblocking and outlive this, and SIGPIPE is ignored where `to` is no
  /// socket. `ended` is called once: with true at the end of what comes, false if either side has
  /// failed. It must not destroy the Pump.
  Pump(Loop& loop, int from, int to, std::function<void(bool)> ended);

 private:
  void awaitInput();
  void read();
  void write();
  [[nodiscard]] ssize_t writeSome() const;
  void end(bool good);

  Loop& loop_;
  int from_;
  int to_;
  std::function<void(bool)> ended_;
  std::string buffer_;
  size_t sent_ = 0;
  Watch readable_;
  Watch writable_;
};

}  // namespace mc::base
