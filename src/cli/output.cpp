#include "cli/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace mc::cli {

namespace {

constexpr int kDefaultColumns = 80;

/// Like base::writeAll, but waits where somebody has made the descriptor non-blocking: stdout is
/// shared with other programs.
bool writeWaiting(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      pollfd writable{fd, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

FdOutput::FdOutput(int fd, std::string name)
    : fd_(fd),
      name_(std::move(name)),
      terminal_(::isatty(fd) == 1),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

base::Status FdOutput::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (writeWaiting(fd_, text)) return {};
  closed_ = closed_ || errno == EPIPE;
  return base::failErrno("write " + name_);
}

int FdOutput::columns() const {
  winsize size{};
  if (::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultColumns;
  return size.ws_col;
}

bool FdOutput::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool FdOutput::worldReadable() const {
  struct stat status{};
  return ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
}

}  // namespace mc::cli
