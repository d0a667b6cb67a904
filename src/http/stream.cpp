#include "http/stream.hpp"

#include <poll.h>
#include <sys/socket.h>

namespace mc::http {

namespace {

bool mustWait(int errnum) {
  return errnum == EAGAIN || errnum == EWOULDBLOCK;
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(base::Fd fd) : fd_(std::move(fd)) {}

  base::Result<Attempt> tryRead(char* data, size_t size) override {
    const ssize_t got = retried([&] { return ::recv(fd_.get(), data, size, 0); });
    if (got > 0) return Attempt{Attempt::State::Done, static_cast<size_t>(got)};
    if (got == 0) return Attempt{Attempt::State::End, 0};
    if (mustWait(errno)) return Attempt{Attempt::State::WantsRead, 0};
    return base::failErrno("connection");
  }

  base::Result<Attempt> tryWrite(std::string_view data) override {
    const ssize_t sent =
        retried([&] { return ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL); });
    if (sent >= 0) return Attempt{Attempt::State::Done, static_cast<size_t>(sent)};
    if (mustWait(errno)) return Attempt{Attempt::State::WantsWrite, 0};
    return base::failErrno("connection");
  }

  [[nodiscard]] int fd() const override { return fd_.get(); }
  void closeWrite() override { ::shutdown(fd_.get(), SHUT_WR); }
  base::Fd release() override { return std::move(fd_); }

 private:
  template <class Call>
  static ssize_t retried(const Call& call) {
    while (true) {
      const ssize_t result = call();
      if (result >= 0 || errno != EINTR) return result;
    }
  }

  base::Fd fd_;
};

/// Waits for what an attempt could not do without waiting.
base::Status awaitAttempt(const Stream& stream, Attempt::State state, const Deadline& deadline) {
  const short events = state == Attempt::State::WantsRead ? POLLIN : POLLOUT;
  return awaitEvents(stream.fd(), events, deadline);
}

}  // namespace

void Stream::shutdown() const {
  ::shutdown(fd(), SHUT_RDWR);
}

base::Result<std::unique_ptr<Stream>> plainStream(base::Fd fd) {
  MC_TRY(base::setNonblocking(fd.get()));
  return std::make_unique<PlainStream>(std::move(fd));
}

base::Status awaitEvents(int fd, short events, const Deadline& deadline) {
  pollfd polled{fd, events, 0};
  while (true) {
    const int count = ::poll(&polled, 1, pollTimeout(deadline));
    if (count > 0) return {};
    if (count == 0) return base::fail(ETIMEDOUT, "timed out");
    if (errno != EINTR) return base::failErrno("poll");
  }
}

base::Result<size_t> readSome(Stream& stream, char* data, size_t size, const Deadline& deadline) {
  while (true) {
    MC_TRY_ASSIGN(const Attempt attempt, stream.tryRead(data, size));
    if (attempt.state == Attempt::State::Done) return attempt.size;
    if (attempt.state == Attempt::State::End) return size_t{0};
    MC_TRY(awaitAttempt(stream, attempt.state, deadline));
  }
}

base::Status writeAll(Stream& stream, std::string_view data, std::chrono::milliseconds idle) {
  while (!data.empty()) {
    MC_TRY_ASSIGN(const Attempt attempt, stream.tryWrite(data));
    if (attempt.state == Attempt::State::Done) {
      data.remove_prefix(attempt.size);
    } else {
      MC_TRY(awaitAttempt(stream, attempt.state, deadlineIn(idle)));
    }
  }
  return {};
}

}  // namespace mc::http
