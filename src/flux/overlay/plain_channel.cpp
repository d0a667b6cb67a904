#include <sys/socket.h>
#include <unistd.h>

#include "flux/overlay/channel.hpp"
#include "flux/wire/stream.hpp"

namespace mc::flux::overlay {
namespace {

bool runsAsUs(int fd) {
  ucred peer{};
  socklen_t length = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == ::geteuid();
}

class PlainChannel final : public Channel {
 public:
  PlainChannel(base::Loop& loop, base::Fd socket, Handlers given)
      : trusted_(runsAsUs(socket.get())),
        handlers_(std::make_shared<const Handlers>(std::move(given))),
        stream_(loop, std::move(socket),
                {[this, handlers = handlers_](wire::Message m) {
                   if (trusted_) handlers->message(std::move(m));
                 },
                 handlers_->closed}) {
    loop.post([this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired()) begin();
    });
  }

  void send(const wire::Message& message) override { stream_.send(message); }
  base::Status flush(int timeoutMs) override { return stream_.flush(timeoutMs); }

 private:
  void begin() {
    const auto handlers = handlers_;
    if (trusted_) return handlers->open();
    stream_.close();
    handlers->closed({EACCES, "peer runs as another user"});
  }

  bool trusted_;
  std::shared_ptr<const Handlers> handlers_;
  wire::Stream stream_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class PlainChannels final : public ChannelFactory {
 public:
  explicit PlainChannels(base::Loop& loop) : loop_(loop) {}
  std::unique_ptr<Channel> make(base::Fd socket, Side /*side*/,
                                Channel::Handlers handlers) override {
    return std::make_unique<PlainChannel>(loop_, std::move(socket), std::move(handlers));
  }

 private:
  base::Loop& loop_;
};

}  // namespace

std::unique_ptr<ChannelFactory> makePlainChannels(base::Loop& loop) {
  return std::make_unique<PlainChannels>(loop);
}

}  // namespace mc::flux::overlay
