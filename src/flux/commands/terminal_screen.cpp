#include "flux/commands/terminal_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.hpp"

namespace mc::flux::commands {

namespace {

constexpr char kEscape = '\033';
constexpr char kControlL = '\f';
constexpr std::string_view kEnter = "\033[?1049h\033[?25l";  // alternate screen, no cursor
constexpr std::string_view kLeave = "\033[?25h\033[?1049l";

Key arrowOf(char letter) {
  switch (letter) {
    case 'A':
      return Key::Up;
    case 'B':
      return Key::Down;
    case 'C':
      return Key::Right;
    case 'D':
      return Key::Left;
    default:
      return Key::None;
  }
}

}  // namespace

std::vector<KeyPress> parseKeys(std::string_view input) {
  std::vector<KeyPress> out;
  while (!input.empty()) {
    const bool sequence =
        input.size() >= 3 && input[0] == kEscape && (input[1] == '[' || input[1] == 'O');
    if (sequence) {
      if (const Key key = arrowOf(input[2]); key != Key::None) out.push_back({key, 0});
      input.remove_prefix(3);
      continue;
    }
    const char c = input[0];
    input.remove_prefix(1);
    if (c == '\r' || c == '\n')
      out.push_back({Key::Enter, 0});
    else if (c == kControlL)
      out.push_back({Key::Redraw, 0});
    else if (c != kEscape)
      out.push_back({Key::Character, c});
  }
  return out;
}

base::Result<std::unique_ptr<TerminalScreen>> TerminalScreen::open(int in, int out) {
  termios saved{};
  if (::tcgetattr(in, &saved) != 0) return base::failErrno("terminal");
  termios raw = saved;
  raw.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
  raw.c_iflag &= static_cast<tcflag_t>(~ICRNL);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (::tcsetattr(in, TCSANOW, &raw) != 0) return base::failErrno("terminal");
  MC_TRY(base::writeAll(out, kEnter));
  return std::unique_ptr<TerminalScreen>(new TerminalScreen(in, out, saved));
}

TerminalScreen::~TerminalScreen() {
  (void)base::writeAll(out_, kLeave).has_value();
  ::tcsetattr(in_, TCSANOW, &saved_);
}

TerminalScreen::Size TerminalScreen::size() const {
  winsize size{};
  if (::ioctl(out_, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

void TerminalScreen::show(const std::vector<std::string>& lines) const {
  std::string text = "\033[H";
  const size_t rows = std::min(lines.size(), size().rows);
  for (size_t i = 0; i < rows; ++i) text += lines[i] + "\033[K" + (i + 1 < rows ? "\r\n" : "");
  text += "\033[J";
  (void)base::writeAll(out_, text).has_value();
}

std::vector<KeyPress> TerminalScreen::keys() {
  char buffer[256];
  const ssize_t n = ::read(in_, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  over_ = n <= 0;
  return n > 0 ? parseKeys(std::string_view(buffer, static_cast<size_t>(n)))
               : std::vector<KeyPress>();
}

}  // namespace mc::flux::commands
