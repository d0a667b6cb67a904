#include "flux/commands/relay.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "base/pump.hpp"
#include "flux/client/connect.hpp"

namespace mc::flux::commands {

namespace {
constexpr int kBacklog = 64;
}  // namespace

class Relay::Connection {
 public:
  Connection(base::Loop& loop, base::Fd client, base::Fd broker,
             const std::function<void()>& closed)
      : client_(std::move(client)),
        broker_(std::move(broker)),
        up_(loop, client_.get(), broker_.get(), [closed](bool) { closed(); }),
        down_(loop, broker_.get(), client_.get(), [closed](bool) { closed(); }) {}

 private:
  base::Fd client_;
  base::Fd broker_;
  base::Pump up_;
  base::Pump down_;
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
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return base::failErrno("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return base::failErrno("binding " + path);
  if (::listen(fd.get(), kBacklog) != 0) return base::failErrno("listening on " + path);
  return std::unique_ptr<Relay>(new Relay(loop, std::move(fd), std::move(path), std::move(target)));
}

void Relay::accept() {
  base::Fd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client) return;
  auto broker = client::dial(target_);
  if (!broker) return;  // the client sees its connection end, as when the broker itself is gone
  if (broker->helper > 0) reap(broker->helper);
  if (!base::setNonblocking(broker->socket.get())) return;
  const uint64_t id = ++lastId_;
  connections_[id] = std::make_unique<Connection>(
      loop_, std::move(client), std::move(broker->socket), [this, id] { remove(id); });
}

void Relay::remove(uint64_t id) {
  const auto at = connections_.find(id);
  if (at == connections_.end()) return;
  // One of the connection's own callbacks runs now: it goes when that has returned.
  gone_.push_back(std::move(at->second));
  connections_.erase(at);
  bury_ = loop_.after(std::chrono::nanoseconds(0), [this] { gone_.clear(); });
}

void Relay::reap(pid_t helper) {
  helpers_[helper] = loop_.child(helper, [this, helper](int) { helpers_.erase(helper); });
}

}  // namespace mc::flux::commands
