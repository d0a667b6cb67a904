#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace mc::cli {

namespace {

class FdRawMode final : public RawMode {
 public:
  FdRawMode(int fd, const termios& before) : fd_(fd), before_(before) {}
  ~FdRawMode() override { tcsetattr(fd_, TCSADRAIN, &before_); }
  FdRawMode(const FdRawMode&) = delete;
  FdRawMode& operator=(const FdRawMode&) = delete;

 private:
  const int fd_;
  const termios before_;
};

class FdTerminal final : public Terminal {
 public:
  explicit FdTerminal(int fd) : fd_(fd) {}

  [[nodiscard]] bool present() const override { return ::isatty(fd_) == 1; }

  [[nodiscard]] engine::TerminalSize size() const override {
    winsize size{};
    if (::ioctl(fd_, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_row, size.ws_col};
  }

  base::Result<std::unique_ptr<RawMode>> rawMode() override {
    termios before{};
    if (tcgetattr(fd_, &before) != 0) return base::failErrno("terminal");
    termios raw = before;
    cfmakeraw(&raw);
    if (tcsetattr(fd_, TCSADRAIN, &raw) != 0) return base::failErrno("terminal");
    return std::make_unique<FdRawMode>(fd_, before);
  }

 private:
  const int fd_;
};

}  // namespace

std::unique_ptr<Terminal> makeTerminal(int fd) {
  return std::make_unique<FdTerminal>(fd);
}

}  // namespace mc::cli
