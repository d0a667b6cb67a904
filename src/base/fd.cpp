#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace mc::base {

void Fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<Pipe> makePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failErrno("pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Status setNonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return failErrno("fcntl");
  return {};
}

Result<std::string> readFile(const std::string& path, size_t limit) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return failErrno(path);
  return readAll(fd.get(), path, limit);
}

Result<std::string> readAll(int fd, const std::string& name, size_t limit) {
  std::string content;
  char buffer[65536];
  while (true) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failErrno(name);
    if (n == 0) return content;
    if (content.size() + static_cast<size_t>(n) > limit)
      return fail(EFBIG, name + ": larger than " + std::to_string(limit) + " bytes");
    content.append(buffer, static_cast<size_t>(n));
  }
}

Status writeAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failErrno("write");
    data.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

Status writeFileAtomic(const std::string& path, std::string_view content, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return failErrno(temporary);
  auto written = writeAll(fd.get(), content);
  if (written && ::fchmod(fd.get(), mode) != 0) written = failErrno(temporary);
  if (written && ::fsync(fd.get()) != 0) written = failErrno(temporary);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = failErrno(path);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

}  // namespace mc::base
