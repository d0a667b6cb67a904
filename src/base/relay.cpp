#include "base/relay.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/fd.hpp"

namespace mc::base {

namespace {

constexpr size_t kPieceSize = 32u << 10;

/// One relay at work. Input waits while the connection does not take it, output never does.
class Relay {
 public:
  Relay(int connection, int input, const std::function<Status(std::string_view)>& take)
      : connection_(connection), input_(input), take_(take) {}

  Status run(int wake) {
    while (true) {
      std::array<pollfd, 3> polled = {
          pollfd{connection_, static_cast<short>(POLLIN | (pending_.empty() ? 0 : POLLOUT)), 0},
          pollfd{pending_.empty() ? input_ : -1, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
      if (::poll(polled.data(), polled.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return failErrno("poll");
      }
      if (polled[2].revents != 0) return fail(ECANCELED, "interrupted");
      if ((polled[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) MC_TRY(readInput());
      if ((polled[0].revents & POLLOUT) != 0) MC_TRY(send());
      if ((polled[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      MC_TRY_ASSIGN(const bool more, receive());
      if (!more) return {};
    }
  }

 private:
  void closeSending() { ::shutdown(connection_, SHUT_WR); }

  Status readInput() {
    const ssize_t size = ::read(input_, buffer_.data(), buffer_.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    // A terminal that has gone (EIO) is an end like any other.
    if (size <= 0) {
      input_ = -1;
      closeSending();
      return {};
    }
    pending_.assign(buffer_.data(), static_cast<size_t>(size));
    return {};
  }

  Status send() {
    const ssize_t size =
        ::send(connection_, pending_.data(), pending_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      pending_.erase(0, static_cast<size_t>(size));
    } else if (errno != EINTR && errno != EAGAIN) {
      // The command has ended or closed its input; its output is still of interest.
      pending_.clear();
      input_ = -1;
    }
    return {};
  }

  Result<bool> receive() {
    const ssize_t size = ::recv(connection_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size == 0) return false;
    if (size < 0) {
      if (errno == EINTR || errno == EAGAIN) return true;
      if (errno == ECONNRESET) return false;
      return failErrno("connection");
    }
    MC_TRY(take_({buffer_.data(), static_cast<size_t>(size)}));
    return true;
  }

  int connection_;
  int input_;
  const std::function<Status(std::string_view)>& take_;
  std::string pending_;  ///< of the input, not sent yet
  std::array<char, kPieceSize> buffer_{};
};

}  // namespace

Status relay(int connection, int input, const std::function<Status(std::string_view)>& take,
             const std::stop_token& stop) {
  const Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return failErrno("eventfd");
  const std::stop_callback onStop(stop, [fd = wake.get()] { ::eventfd_write(fd, 1); });
  return Relay(connection, input, take).run(wake.get());
}

}  // namespace mc::base
