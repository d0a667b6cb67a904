#include "flux/services/rexec/pipes.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace mc::flux::services::rexec {
namespace {

constexpr size_t kReadSize = 64u << 10;

bool wouldBlock(int errnum) {
  return errnum == EAGAIN || errnum == EINTR;
}

}  // namespace

OutputPipe::OutputPipe(base::Loop& loop, base::Fd fd, bool lines, size_t bufferSize,
                       Callback callback)
    : fd_(std::move(fd)), lines_(lines), bufferSize_(bufferSize), callback_(std::move(callback)) {
  watch_ = loop.readable(fd_.get(), [this] { onReadable(); });
}

void OutputPipe::onReadable() {
  char chunk[kReadSize];
  const ssize_t n = ::read(fd_.get(), chunk, sizeof chunk);
  if (n < 0 && wouldBlock(errno)) return;
  if (n > 0) {
    buffer_.append(chunk, static_cast<size_t>(n));
    return passOn(false);
  }
  watch_.reset();
  fd_.reset();
  passOn(true);
}

void OutputPipe::passOn(bool eof) {
  size_t size = buffer_.size();
  if (lines_ && !eof && size < bufferSize_) {
    const size_t newline = buffer_.rfind('\n');
    size = newline == std::string::npos ? 0 : newline + 1;
  }
  if (size == 0 && !eof) return;
  std::string data = buffer_.substr(0, size);
  buffer_.erase(0, size);
  const auto callback = callback_;  // it may destroy this object
  callback(std::move(data), eof);
}

InputPipe::InputPipe(base::Loop& loop, base::Fd fd, std::function<void(size_t)> written)
    : loop_(loop), fd_(std::move(fd)), written_(std::move(written)) {}

base::Status InputPipe::write(std::string data) {
  if (!fd_ || ending_ || data.empty()) return {};
  if (queued_ + data.size() > kMaxQueued)
    return base::fail(ENOBUFS, "the process does not read its input");
  queued_ += data.size();
  queue_.push_back(std::move(data));
  if (!watch_) flush();
  return {};
}

void InputPipe::end() {
  ending_ = true;
  if (queue_.empty()) close();
}

void InputPipe::flush() {
  size_t done = 0;
  while (!queue_.empty()) {
    const std::string& head = queue_.front();
    const ssize_t n = ::send(fd_.get(), head.data() + offset_, head.size() - offset_, MSG_NOSIGNAL);
    if (n < 0 && wouldBlock(errno)) break;
    if (n < 0) return close();
    done += static_cast<size_t>(n);
    offset_ += static_cast<size_t>(n);
    if (offset_ < head.size()) break;
    queue_.pop_front();
    offset_ = 0;
  }
  queued_ -= done;
  if (queue_.empty()) {
    watch_.reset();
    if (ending_) close();
  } else if (!watch_) {
    watch_ = loop_.writable(fd_.get(), [this] { flush(); });
  }
  if (done > 0 && written_) written_(done);
}

void InputPipe::close() {
  watch_.reset();
  queue_.clear();
  queued_ = offset_ = 0;
  // A channel's socket is read from as well; only its sending side ends.
  if (fd_) ::shutdown(fd_.get(), SHUT_WR);
  fd_.reset();
}

}  // namespace mc::flux::services::rexec
