#pragma once
// The terminal that a user sits at, for exec and attach: raw mode and size.
//
// Thread-safety: size() from any thread; rawMode() and what it returns from one.

#include <memory>

#include "base/status.hpp"
#include "engine/engine.hpp"

namespace mc::cli {

/// Puts the terminal back as it was when it is destroyed.
class RawMode {
 public:
  virtual ~RawMode() = default;
};

class Terminal {
 public:
  virtual ~Terminal() = default;
  /// Whether stdin is a terminal.
  [[nodiscard]] virtual bool present() const = 0;
  [[nodiscard]] virtual engine::TerminalSize size() const = 0;
  /// Hands every key to the program in the container, Ctrl-C and Ctrl-Z included.
  virtual base::Result<std::unique_ptr<RawMode>> rawMode() = 0;
};

/// The terminal on a file descriptor, which is not owned.
std::unique_ptr<Terminal> makeTerminal(int fd);

}  // namespace mc::cli
