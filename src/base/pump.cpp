#include "base/pump.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace mc::base {

namespace {

constexpr size_t kBufferSize = 64u << 10;

bool wouldBlock() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Pump::Pump(Loop& loop, int from, int to, std::function<void(bool)> ended)
    : loop_(loop), from_(from), to_(to), ended_(std::move(ended)) {
  awaitInput();
}

void Pump::awaitInput() {
  writable_.reset();
  readable_ = loop_.readable(from_, [this] { read(); });
}

void Pump::read() {
  buffer_.resize(kBufferSize);
  const ssize_t count = ::read(from_, buffer_.data(), buffer_.size());
  if (count < 0 && wouldBlock()) return;
  if (count <= 0) return end(count == 0);
  buffer_.resize(static_cast<size_t>(count));
  sent_ = 0;
  write();
}

void Pump::write() {
  while (sent_ < buffer_.size()) {
    const ssize_t count = writeSome();
    if (count < 0 && wouldBlock()) {
      readable_.reset();
      if (!writable_) writable_ = loop_.writable(to_, [this] { write(); });
      return;
    }
    if (count < 0) return end(false);
    sent_ += static_cast<size_t>(count);
  }
  if (writable_) awaitInput();
}

ssize_t Pump::writeSome() const {
  const char* data = buffer_.data() + sent_;
  const size_t size = buffer_.size() - sent_;
  const ssize_t count = ::send(to_, data, size, MSG_NOSIGNAL);
  return count < 0 && errno == ENOTSOCK ? ::write(to_, data, size) : count;
}

void Pump::end(bool good) {
  readable_.reset();
  writable_.reset();
  ended_(good);
}

}  // namespace mc::base
