#include "flux/wire/stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mc::flux::wire {
namespace {

constexpr size_t kReadSize = 64u << 10;
/// Messages of one turn of the loop are written together up to this size.
constexpr size_t kWriteSize = 64u << 10;
/// So much memory a stream keeps that has nothing to write.
constexpr size_t kKeptCapacity = 8u << 10;

bool wouldBlock(int errnum) {
  return errnum == EAGAIN || errnum == EWOULDBLOCK || errnum == EINTR;
}

base::Error errnoError() {
  return {errno, std::strerror(errno)};
}

}  // namespace

Stream::Stream(base::Loop& loop, base::Fd socket, Handlers handlers)
    : loop_(loop),
      socket_(std::move(socket)),
      handlers_(std::make_shared<const Handlers>(std::move(handlers))) {
  if (auto status = base::setNonblocking(socket_.get()); !status) {
    failLater(status.error());
    return;
  }
  readable_ = loop_.readable(socket_.get(), [this] { readSome(); });
}

Stream::~Stream() {
  close();
}

void Stream::close() {
  *alive_ = false;
  if (socket_ && !deaf_) (void)writeSome();  // what this turn has sent
  readable_.reset();
  writable_.reset();
  socket_.reset();
  queue_.clear();
  queuedBytes_ = offset_ = 0;
}

void Stream::readSome() {
  char buffer[kReadSize];
  const ssize_t n = ::read(socket_.get(), buffer, sizeof buffer);
  if (n < 0 && wouldBlock(errno)) return;
  if (n < 0) return failNow(errnoError());
  if (n == 0) return failNow({ECONNRESET, "connection closed by peer"});
  decoder_.append({buffer, static_cast<size_t>(n)});
  deliver();
}

void Stream::deliver() {
  const auto alive = alive_;
  const auto handlers = handlers_;
  while (*alive) {
    auto message = decoder_.next();
    if (!message) return failNow(message.error());
    if (!*message) return;
    handlers->message(std::move(**message));
  }
}

void Stream::send(const Message& message) {
  if (!isOpen() || deaf_) return;
  std::string& to = tail(encodedSize(message));
  const size_t before = to.size();
  appendFramed(message, to);
  enqueued(to.size() - before);
}

void Stream::sendBytes(std::string bytes) {
  if (!isOpen() || deaf_) return;
  tail(bytes.size()) += bytes;
  enqueued(bytes.size());
}

/// Where the next `size` bytes belong: what is written together is one string.
std::string& Stream::tail(size_t size) {
  if (queue_.empty() || queue_.back().size() + size > kWriteSize) {
    queue_.push_back(std::exchange(written_, {}));
    queue_.back().reserve(size);
  }
  return queue_.back();
}

void Stream::enqueued(size_t size) {
  queuedBytes_ += size;
  if (!writable_) return queuedBytes_ < kWriteSize ? writeSoon() : onWritable();
  if (queuedBytes_ > maxQueued_) failLater({ENOBUFS, "peer does not read"});
}

void Stream::writeSoon() {
  if (!std::exchange(soon_, true)) writeIn(turns_);
}

void Stream::writeIn(int turns) {
  loop_.post([this, turns, alive = alive_] {
    if (!*alive) return;
    if (turns > 1 && queuedBytes_ < kWriteSize) return writeIn(turns - 1);
    soon_ = false;
    if (!writable_ && !deaf_) onWritable();
  });
}

/// Writes what the socket takes; false when it failed.
bool Stream::writeSome() {
  while (!queue_.empty()) {
    const std::string& head = queue_.front();
    const ssize_t n =
        ::send(socket_.get(), head.data() + offset_, head.size() - offset_, MSG_NOSIGNAL);
    if (n < 0) return wouldBlock(errno);
    offset_ += static_cast<size_t>(n);
    queuedBytes_ -= static_cast<size_t>(n);
    if (offset_ < head.size()) return true;
    if (head.capacity() <= kKeptCapacity) written_ = std::move(queue_.front());
    written_.clear();
    queue_.pop_front();
    offset_ = 0;
  }
  return true;
}

void Stream::onWritable() {
  if (!writeSome()) return stopWriting();
  if (queue_.empty()) {
    writable_.reset();
  } else if (!writable_) {
    writable_ = loop_.writable(socket_.get(), [this] { onWritable(); });
  }
}

base::Status Stream::flush(int timeoutMs) {
  while (isOpen() && !queue_.empty()) {
    pollfd ready{socket_.get(), POLLOUT, 0};
    const int n = ::poll(&ready, 1, timeoutMs);
    if (n == 0) return base::fail(ETIMEDOUT, "peer does not read");
    if (n < 0 && errno != EINTR) return base::failErrno("poll");
    if (n > 0 && !writeSome()) {
      stopWriting();
      return base::fail(EPIPE, "connection closed by peer");
    }
  }
  return {};
}

/// The peer takes nothing any more, but what it sent before it went may still wait to be read; the
/// end of that is where the connection ends.
void Stream::stopWriting() {
  deaf_ = true;
  queue_.clear();
  queuedBytes_ = offset_ = 0;
  writable_.reset();
}

void Stream::failLater(base::Error error) {
  stopWriting();
  loop_.post([this, alive = alive_, error = std::move(error)] {
    if (*alive) failNow(error);
  });
}

void Stream::failNow(const base::Error& error) {
  const auto handlers = handlers_;
  close();
  handlers->closed(error);
}

}  // namespace mc::flux::wire
