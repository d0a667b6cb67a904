#include "flux/commands/relay.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace mc::flux::commands {

namespace {

constexpr size_t kBufferSize = 64u << 10;
constexpr int kBacklog = 64;

sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

base::Result<base::Fd> makeSocket() {
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return base::failErrno("socket");
  return fd;
}

// One direction: reads from one side what the other side takes.
class Pump {
 public:
  Pump(base::Loop& loop, int from, int to, std::function<void()> closed)
      : loop_(loop), from_(from), to_(to), closed_(std::move(closed)) {
    read();
  }

 private:
  void read() {
    writable_.reset();
    readable_ = loop_.readable(from_, [this] { onReadable(); });
  }

  void onReadable() {
    buffer_.resize(kBufferSize);
    const ssize_t n = ::read(from_, buffer_.data(), buffer_.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return closed_();
    buffer_.resize(static_cast<size_t>(n));
    offset_ = 0;
    readable_.reset();
    write();
  }

  void write() {
    while (offset_ < buffer_.size()) {
      const ssize_t n =
          ::send(to_, buffer_.data() + offset_, buffer_.size() - offset_, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) {
        if (!writable_) writable_ = loop_.writable(to_, [this] { write(); });
        return;
      }
      if (n < 0) return closed_();
      offset_ += static_cast<size_t>(n);
    }
    read();
  }

  base::Loop& loop_;
  int from_;
  int to_;
  std::function<void()> closed_;
  std::string buffer_;
  size_t offset_ = 0;
  base::Watch readable_;
  base::Watch writable_;
};

}  // namespace

class Relay::Connection {
 public:
  Connection(base::Loop& loop, base::Fd client, base::Fd broker,
             const std::function<void()>& closed)
      : client_(std::move(client)),
        broker_(std::move(broker)),
        up_(loop, client_.get(), broker_.get(), closed),
        down_(loop, broker_.get(), client_.get(), closed) {}

 private:
  base::Fd client_;
  base::Fd broker_;
  Pump up_;
  Pump down_;
};

Relay::Relay(base::Loop& loop, base::Fd socket, std::string path, std::string target)
    : loop_(loop),
      socket_(std::move(socket)),
      path_(std::move(path)),
      target_(std::move(target)),
      watch_(loop.readable(socket_.get(), [this] { accept(); })) {}

Relay::~Relay() {
  ::unlink(path_.c_str());
}

base::Result<std::unique_ptr<Relay>> Relay::listen(base::Loop& loop, std::string path,
                                                   std::string target) {
  MC_TRY_ASSIGN(base::Fd fd, makeSocket());
  const sockaddr_un address = addressOf(path);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return base::failErrno("binding " + path);
  if (::listen(fd.get(), kBacklog) != 0) return base::failErrno("listening on " + path);
  MC_TRY(base::setNonblocking(fd.get()));
  return std::unique_ptr<Relay>(new Relay(loop, std::move(fd), std::move(path), std::move(target)));
}

void Relay::accept() {
  base::Fd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client) return;
  auto broker = makeSocket();
  const sockaddr_un address = addressOf(target_);
  if (!broker ||
      ::connect(broker->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return;  // the client sees its connection end, as when the broker itself is gone
  if (!base::setNonblocking(broker->get())) return;
  const uint64_t id = ++lastId_;
  connections_[id] = std::make_unique<Connection>(loop_, std::move(client), std::move(*broker),
                                                  [this, id] { remove(id); });
}

void Relay::remove(uint64_t id) {
  const auto at = connections_.find(id);
  if (at == connections_.end()) return;
  // One of the connection's own callbacks runs now: it goes when that has returned.
  gone_.push_back(std::move(at->second));
  connections_.erase(at);
  bury_ = loop_.after(std::chrono::nanoseconds(0), [this] { gone_.clear(); });
}

}  // namespace mc::flux::commands
