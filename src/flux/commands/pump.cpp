#include "flux/commands/pump.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace mc::flux::commands {

namespace {
constexpr size_t kBufferSize = 64u << 10;
}  // namespace

Pump::Pump(base::Loop& loop, int from, int to, std::function<void()> closed)
    : loop_(loop), from_(from), to_(to), closed_(std::move(closed)) {
  read();
}

void Pump::read() {
  writable_.reset();
  readable_ = loop_.readable(from_, [this] { onReadable(); });
}

void Pump::onReadable() {
  buffer_.resize(kBufferSize);
  const ssize_t n = ::read(from_, buffer_.data(), buffer_.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return end();
  buffer_.resize(static_cast<size_t>(n));
  offset_ = 0;
  readable_.reset();
  write();
}

void Pump::write() {
  while (offset_ < buffer_.size()) {
    const ssize_t n = writeSome();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      if (!writable_) writable_ = loop_.writable(to_, [this] { write(); });
      return;
    }
    if (n < 0) return end();
    offset_ += static_cast<size_t>(n);
  }
  read();
}

ssize_t Pump::writeSome() const {
  const char* data = buffer_.data() + offset_;
  const size_t size = buffer_.size() - offset_;
  const ssize_t n = ::send(to_, data, size, MSG_NOSIGNAL);
  return n < 0 && errno == ENOTSOCK ? ::write(to_, data, size) : n;
}

void Pump::end() {
  readable_.reset();
  writable_.reset();
  closed_();
}

}  // namespace mc::flux::commands
