#include "flux/client/connect.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace mc::flux::client {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstDelay{16};
constexpr milliseconds kMaxDelay{2000};
constexpr int kDefaultRetries = 5;

bool mayComeLater(int errnum) {
  return errnum == ENOENT || errnum == ECONNREFUSED || errnum == EAGAIN;
}

base::Result<base::Fd> connectOnce(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return base::failErrno("socket");
  int failed;
  do {
    failed = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return fd;
  if (errno == ENOENT) return base::fail(ENOENT, "broker socket " + path + " was not found");
  return base::failErrno("connecting to broker socket " + path);
}

// The broker's first byte: 0, or the errno by which it refuses us.
base::Status readStatus(int fd) {
  unsigned char status = 0;
  ssize_t n;
  do {
    n = ::read(fd, &status, 1);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return base::failErrno("reading the broker's greeting");
  if (n == 0) return base::fail(ECONNRESET, std::strerror(ECONNRESET));
  if (status != 0) return base::fail(status, std::strerror(status));
  return {};
}

void pause(base::Loop& loop, milliseconds delay) {
  const base::Watch timer = loop.after(delay, [&loop] { loop.stop(); });
  loop.run();
}

}  // namespace

base::Result<base::Fd> connectLocal(base::Loop& loop, const std::string& path, int retries) {
  milliseconds delay = kFirstDelay;
  while (true) {
    auto fd = connectOnce(path);
    if (fd) {
      MC_TRY(readStatus(fd->get()));
      return fd;
    }
    if (retries-- <= 0 || !mayComeLater(fd.error().errnum)) return fd;
    pause(loop, delay);
    delay = std::min(delay * 2, kMaxDelay);
  }
}

int connectRetries() {
  const char* text = std::getenv("FLUX_LOCAL_CONNECTOR_RETRY_COUNT");
  int count = kDefaultRetries;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), count);
  return std::max(count, 0);
}

}  // namespace mc::flux::client
