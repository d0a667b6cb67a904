#pragma once
// One direction of a connection that is carried from one descriptor to another.
//
// Thread-safety: none; lives on its loop.

#include <functional>
#include <string>

#include "base/loop.hpp"

namespace mc::flux::commands {

/// Reads from one side what the other side takes.
class Pump {
 public:
  /// Both descriptors are nonblocking and outlive this, and SIGPIPE is ignored where `to` is no
  /// socket. `closed` is called once either side has ended; it must not destroy the Pump.
  Pump(base::Loop& loop, int from, int to, std::function<void()> closed);

 private:
  void read();
  void onReadable();
  void write();
  [[nodiscard]] ssize_t writeSome() const;
  void end();

  base::Loop& loop_;
  int from_;
  int to_;
  std::function<void()> closed_;
  std::string buffer_;
  size_t offset_ = 0;
  base::Watch readable_;
  base::Watch writable_;
};

}  // namespace mc::flux::commands
