#include "kube/streams_relay.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

#include "base/fd.hpp"

namespace mc::kube {

namespace {

constexpr size_t kPieceSize = 32u << 10;
/// Input is not read while more than this waits to be sent.
constexpr size_t kUnsentLimit = 256u << 10;
/// Keeps proxies between us and the API server from ending a silent connection.
constexpr int kPingMs = 30'000;

class Running {
 public:
  Running(http::WebSocket& socket, const Relay& ends)
      : socket_(socket), ends_(ends), input_(ends.input) {}

  base::Status run(int stopFd, const std::stop_token& stop) {
    // What came along with the handshake is there already.
    MC_TRY(socket_.process());
    while (!stop.stop_requested()) {
      MC_TRY_ASSIGN(const bool delivered, deliver());
      if (socket_.closed()) return socket_.process();  // which answers the close
      // What has been taken made room for what the socket holds already.
      MC_TRY(delivered ? socket_.process() : await(stopFd));
    }
    return base::fail(ECANCELED, "interrupted");
  }

 private:
  /// Whether there was anything.
  base::Result<bool> deliver() {
    bool delivered = false;
    while (const auto message = socket_.next()) {
      delivered = true;
      if (message->data.empty()) continue;
      const std::string_view data = message->data;
      MC_TRY(ends_.onMessage(static_cast<uint8_t>(data.front()), data.substr(1)));
    }
    return delivered;
  }

  base::Status await(int stopFd) {
    const bool reads = socket_.unsent() < kUnsentLimit;
    std::array<pollfd, 4> polled = {pollfd{socket_.fd(), socket_.events(), 0},
                                    pollfd{socket_.wakeFd(), POLLIN, 0}, pollfd{stopFd, POLLIN, 0},
                                    pollfd{reads ? input_ : -1, POLLIN, 0}};
    const int count = ::poll(polled.data(), polled.size(), kPingMs);
    if (count < 0 && errno != EINTR) return base::failErrno("poll");
    if (count == 0) (void)socket_.ping();
    if (count > 0 && polled[3].revents != 0) readInput();
    return socket_.process();
  }

  void readInput() {
    std::array<char, kPieceSize> piece;
    const ssize_t size = ::read(input_, piece.data(), piece.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
    // A peer that has closed takes no more input, and a terminal that has gone (EIO) is an end.
    const bool sent =
        size > 0 &&
        socket_.send(framed(ends_.inputChannel, {piece.data(), static_cast<size_t>(size)}))
            .has_value();
    if (sent) return;
    input_ = -1;
    if (ends_.onInputEnd) ends_.onInputEnd();
  }

  http::WebSocket& socket_;
  const Relay& ends_;
  int input_;
};

}  // namespace

std::string framed(uint8_t channel, std::string_view data) {
  std::string message(1, static_cast<char>(channel));
  message += data;
  return message;
}

base::Status relay(http::WebSocket& socket, const Relay& ends, const std::stop_token& stop) {
  const base::Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return base::failErrno("eventfd");
  const std::stop_callback onStop(stop, [fd = wake.get()] { ::eventfd_write(fd, 1); });
  return Running(socket, ends).run(wake.get(), stop);
}

}  // namespace mc::kube
