#pragma once
// File descriptors with an owner, and whole-file reads and writes.
//
// Thread-safety: an Fd belongs to one thread at a time; the functions are safe from any thread.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/status.hpp"

namespace mc::base {

/// Owns a file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

/// A pipe whose ends are close-on-exec.
Result<Pipe> makePipe();

Status setNonblocking(int fd);

/// Reads a whole file of at most `limit` bytes; a larger one fails with EFBIG before it is read.
Result<std::string> readFile(const std::string& path, size_t limit = 64u << 20);

/// Reads what is left of `fd`, at most `limit` bytes; `name` is for the error text.
Result<std::string> readAll(int fd, const std::string& name, size_t limit = 64u << 20);

/// Writes everything or fails; handles short writes and EINTR.
Status writeAll(int fd, std::string_view data);

/// Replaces a file in one step (temporary file, fsync, rename), so that a reader or a crash sees the
/// old or the new content, never a part. `mode` holds from the first byte on.
Status writeFileAtomic(const std::string& path, std::string_view content, mode_t mode);

}  // namespace mc::base
