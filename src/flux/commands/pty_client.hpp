#pragma once
// This process's terminal as the screen and keyboard of a task that runs on a pseudo-terminal of a
// job shell (flux-core's terminus protocol; see flux/shell/terminal.hpp).
//
// Thread-safety: none; lives on its handle's loop.

#include <termios.h>

#include <functional>
#include <optional>
#include <string>

#include "flux/client/handle.hpp"

namespace mc::flux::commands {

/// Standard input in raw mode, where it is a terminal, for as long as this lives.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  std::optional<termios> before_;
};

class PtyClient {
 public:
  struct Events {
    std::function<void()> attached;
    /// The task has ended, or attaching failed. May destroy this object.
    std::function<void()> closed;
  };

  /// Attaches to the terminal `topic` ("1000-shell-fID.terminus.0") of the shell on a broker rank.
  PtyClient(client::Handle& handle, std::string topic, uint32_t rank, Events events);

 private:
  void onAnswer(const client::Answer& answer);
  void onAttached();
  void watchInput();
  void readInput();
  void sendInput(std::string_view bytes, bool eof);
  void resize();

  client::Handle& handle_;
  std::string topic_;
  uint32_t rank_;
  Events events_;
  std::optional<RawTerminal> raw_;
  base::Watch input_;
  base::Watch windowChange_;
  client::Watch inputRpc_;
  client::Watch resizeRpc_;
  client::Watch attach_;
};

}  // namespace mc::flux::commands
