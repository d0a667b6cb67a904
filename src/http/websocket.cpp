#include "http/websocket.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "http/websocket_codec.hpp"

namespace mc::http {

namespace {

constexpr size_t kPieceSize = 32u << 10;
/// Above this many bytes of messages that nobody has taken, nothing more is read.
constexpr size_t kInboxLimit = 1u << 20;

}  // namespace

/// The mutex guards the codec; the socket is never waited for while it is held.
class WebSocket::Impl {
 public:
  Impl(std::unique_ptr<Stream> stream, std::unique_ptr<Codec> codec)
      : stream_(std::move(stream)),
        codec_(std::move(codec)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  base::Status send(std::string_view data, bool text) {
    return sending([&] { codec_->send(data, text); });
  }
  base::Status ping() {
    return sending([&] { codec_->ping(); });
  }
  void close(uint16_t code, std::string_view reason) {
    (void)sending([&] { codec_->close(code, reason); });
  }

  [[nodiscard]] size_t unsent() const {
    const std::lock_guard lock(mutex_);
    return broken_ ? 0 : codec_->unsent();
  }

  [[nodiscard]] int fd() const { return stream_->fd(); }
  [[nodiscard]] int wakeFd() const { return wake_.get(); }
  void abort() const { stream_->shutdown(); }

  [[nodiscard]] short events() const {
    const std::lock_guard lock(mutex_);
    const bool reads = !codec_->ended() && codec_->inbox() < kInboxLimit;
    return static_cast<short>((reads ? POLLIN : 0) | (hasOutput() ? POLLOUT : 0));
  }

  /// Whether process() can read without the descriptor being readable.
  [[nodiscard]] bool buffered() const { return stream_->buffered() && (events() & POLLIN) != 0; }

  base::Status process() {
    uint64_t count = 0;
    (void)::eventfd_read(wake_.get(), &count);
    const std::lock_guard lock(mutex_);
    MC_TRY(read());
    MC_TRY(write());
    if (codec_->failure()) return base::pass(*codec_->failure());
    return {};
  }

  std::optional<Message> next() {
    const std::lock_guard lock(mutex_);
    return codec_->next();
  }

  [[nodiscard]] std::optional<CloseReason> closed() const {
    const std::lock_guard lock(mutex_);
    if (!codec_->ended() || codec_->inbox() > 0) return std::nullopt;
    return codec_->closeReason();
  }

 private:
  template <class Action>
  base::Status sending(const Action& action) {
    const std::lock_guard lock(mutex_);
    if (broken_ || codec_->ended()) return base::fail(EPIPE, "the WebSocket is closed");
    action();
    MC_TRY(write());
    if (hasOutput()) ::eventfd_write(wake_.get(), 1);
    return {};
  }

  [[nodiscard]] bool hasOutput() const { return !broken_ && !codec_->output().empty(); }

  /// A peer that takes nothing more may have said why: that is still to be read.
  base::Status write() {
    while (hasOutput()) {
      const auto attempt = stream_->tryWrite(codec_->output());
      if (!attempt) {
        broken_ = true;
        return {};
      }
      if (attempt->state != Attempt::State::Done) return {};
      codec_->written(attempt->size);
    }
    return {};
  }

  base::Status read() {
    std::array<char, kPieceSize> piece;
    while (!codec_->ended() && codec_->inbox() < kInboxLimit) {
      const auto attempt = stream_->tryRead(piece.data(), piece.size());
      if (!attempt && attempt.error().errnum != ECONNRESET) {
        return base::fail(EIO, "WebSocket: " + attempt.error().message);
      }
      if (!attempt || attempt->state == Attempt::State::End) {
        codec_->feedEnd();
      } else if (attempt->state != Attempt::State::Done) {
        return {};
      } else {
        codec_->feed({piece.data(), attempt->size});
      }
    }
    return {};
  }

  const std::unique_ptr<Stream> stream_;
  mutable std::mutex mutex_;
  const std::unique_ptr<Codec> codec_;  ///< what it holds is guarded by mutex_
  bool broken_ = false;                 ///< guarded by mutex_; nothing can be written any more
  const base::Fd wake_;
};

WebSocket::WebSocket(std::unique_ptr<Stream> stream, std::unique_ptr<Codec> codec,
                     std::string subprotocol)
    : impl_(std::make_unique<Impl>(std::move(stream), std::move(codec))),
      subprotocol_(std::move(subprotocol)) {}
WebSocket::~WebSocket() = default;

base::Status WebSocket::send(std::string_view data, bool text) {
  return impl_->send(data, text);
}

size_t WebSocket::unsent() const {
  return impl_->unsent();
}

void WebSocket::close(uint16_t code, std::string_view reason) {
  impl_->close(code, reason);
}

base::Status WebSocket::ping() {
  return impl_->ping();
}

base::Status WebSocket::await(const std::stop_token& stop, const Deadline& deadline) {
  if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
  if (!impl_->buffered()) {
    const base::Fd stopped(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback onStop(stop, [fd = stopped.get()] { ::eventfd_write(fd, 1); });
    std::array<pollfd, 3> polled = {pollfd{fd(), events(), 0}, pollfd{wakeFd(), POLLIN, 0},
                                    pollfd{stopped.get(), POLLIN, 0}};
    const int count = ::poll(polled.data(), polled.size(), pollTimeout(deadline));
    if (count < 0 && errno != EINTR) return base::failErrno("poll");
    if (stop.stop_requested()) return base::fail(ECANCELED, "interrupted");
    if (count == 0) return base::fail(ETIMEDOUT, "timed out");
  }
  return process();
}

base::Result<std::optional<Message>> WebSocket::receive(const std::stop_token& stop,
                                                        std::chrono::milliseconds timeout) {
  const Deadline deadline = deadlineIn(timeout);
  while (true) {
    if (auto message = next()) return message;
    if (closed()) {
      MC_TRY(process());  // what answers the peer's close
      return std::optional<Message>();
    }
    MC_TRY(await(stop, deadline));
  }
}

base::Status WebSocket::flush(const std::stop_token& stop, std::chrono::milliseconds timeout) {
  const Deadline deadline = deadlineIn(timeout);
  while (unsent() > 0 && !closed()) MC_TRY(await(stop, deadline));
  return {};
}

int WebSocket::fd() const {
  return impl_->fd();
}

int WebSocket::wakeFd() const {
  return impl_->wakeFd();
}

short WebSocket::events() const {
  return impl_->events();
}

base::Status WebSocket::process() {
  return impl_->process();
}

std::optional<Message> WebSocket::next() {
  return impl_->next();
}

std::optional<CloseReason> WebSocket::closed() const {
  return impl_->closed();
}

void WebSocket::abort() {
  impl_->abort();
}

namespace {

/// The subprotocol that the server chose; EPROTO if it is none of those offered.
base::Result<std::string> chosenProtocol(const Headers& headers,
                                         const std::vector<std::string>& offered) {
  std::string chosen = headerOf(headers, "Sec-WebSocket-Protocol");
  const bool known = std::find(offered.begin(), offered.end(), chosen) != offered.end();
  if (offered.empty() ? chosen.empty() : known) return chosen;
  return base::fail(EPROTO, "the server agreed to a WebSocket " +
                                (chosen.empty() ? std::string("without a subprotocol")
                                                : "with the subprotocol '" + chosen + "'"));
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

}  // namespace

base::Result<std::variant<std::unique_ptr<WebSocket>, Response>> openWebSocket(
    Client& client, Request request, const std::vector<std::string>& subprotocols,
    const std::stop_token& stop) {
  auto codec = std::make_unique<WebSocket::Codec>();
  request.method = "GET";
  request.headers.emplace_back("Connection", "Upgrade");
  request.headers.emplace_back("Upgrade", "websocket");
  request.headers.emplace_back("Sec-WebSocket-Version", "13");
  request.headers.emplace_back("Sec-WebSocket-Key", codec->begin());
  if (!subprotocols.empty()) {
    request.headers.emplace_back("Sec-WebSocket-Protocol", joined(subprotocols));
  }
  MC_TRY_ASSIGN(auto answer, client.upgrade(request, stop));
  if (auto* refusal = std::get_if<Response>(&answer)) return std::move(*refusal);
  auto& upgraded = std::get<Upgraded>(answer);
  if (upgraded.status != 101) return base::fail(EPROTO, "the server does not speak WebSocket");
  MC_TRY_ASSIGN(std::string protocol, chosenProtocol(upgraded.headers, subprotocols));
  MC_TRY(codec->answered(upgraded.headers));
  codec->feed(upgraded.received);
  return std::make_unique<WebSocket>(std::move(upgraded.stream), std::move(codec),
                                     std::move(protocol));
}

}  // namespace mc::http
