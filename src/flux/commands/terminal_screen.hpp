#pragma once
// A full-screen program's hold on the terminal: raw keys in, lines out, everything as it was at the
// end.
//
// Thread-safety: none; one at a time.

#include <termios.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::commands {

enum class Key { None, Up, Down, Left, Right, Enter, Redraw, Character };

/// A key press; `character` for Key::Character.
struct KeyPress {
  Key key = Key::None;
  char character = 0;
};

/// The keys in what was read from a terminal; arrow keys come as escape sequences.
std::vector<KeyPress> parseKeys(std::string_view input);

class TerminalScreen {
 public:
  /// Switches to the alternate screen. ENOTTY if `in` is no terminal.
  static base::Result<std::unique_ptr<TerminalScreen>> open(int in, int out);
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  struct Size {
    size_t rows = 24;
    size_t columns = 80;
  };
  [[nodiscard]] Size size() const;
  /// Shows these lines, which may have escape sequences for colors, and nothing else.
  void show(const std::vector<std::string>& lines) const;
  /// The keys that have come; does not wait. Nothing more will come once `over()`.
  std::vector<KeyPress> keys();
  [[nodiscard]] bool over() const { return over_; }

 private:
  TerminalScreen(int in, int out, const termios& saved) : in_(in), out_(out), saved_(saved) {}

  int in_;
  int out_;
  termios saved_;
  bool over_ = false;
};

}  // namespace mc::flux::commands
