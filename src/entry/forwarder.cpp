#include "entry/forwarder.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>

#include "base/asio_loop.hpp"
#include "base/pump.hpp"

namespace mc::entry {
namespace {

constexpr int kBacklog = 512;
/// For a pod that does not answer at all.
constexpr std::chrono::seconds kConnectTimeout{5};

bool isSame(const Address& a, const Address& b) {
  return a.length == b.length && std::memcmp(&a.storage, &b.storage, a.length) == 0;
}

}  // namespace

/// From the client's connection to its end.
class ForwardedConnection {
 public:
  ForwardedConnection(base::Loop& loop, Resolver& resolver, base::Fd client, uint16_t target,
                      const std::vector<std::string>& names, size_t turn,
                      std::function<void()> over)
      : loop_(loop), client_(std::move(client)), turn_(turn), over_(std::move(over)) {
    found_.resize(names.size());
    missing_ = names.size();
    for (size_t i = 0; i < names.size(); ++i) {
      lookups_.push_back(
          resolver.resolve(names[i], target, [this, i](base::Result<std::vector<Address>> found) {
            if (found) found_[i] = std::move(*found);
            if (--missing_ == 0) chooseBackends();
          }));
    }
    if (names.empty()) loop_.post([this] { refuse(); });
  }

 private:
  void chooseBackends() {
    backends_ = common(found_);
    if (!backends_.empty()) {
      const auto first = backends_.begin() + static_cast<long>(turn_ % backends_.size());
      std::rotate(backends_.begin(), first, backends_.end());
    }
    connectNext();
  }

  void connectNext() {
    timer_.reset();
    connected_.reset();
    if (next_ == backends_.size()) return refuse();
    const Address& address = backends_[next_++];
    server_.reset(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const auto* where = reinterpret_cast<const sockaddr*>(&address.storage);
    if (!server_ || (::connect(server_.get(), where, address.length) != 0 && errno != EINPROGRESS))
      return connectNext();
    connected_ = loop_.writable(server_.get(), [this] { connectDone(); });
    timer_ = loop_.after(kConnectTimeout, [this] { connectNext(); });
  }

  void connectDone() {
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(server_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return connectNext();
    timer_.reset();
    connected_.reset();
    for (const int fd : {client_.get(), server_.get()}) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    up_ = flow(client_.get(), server_.get());
    down_ = flow(server_.get(), client_.get());
  }

  std::unique_ptr<base::Pump> flow(int from, int to) {
    return std::make_unique<base::Pump>(loop_, from, to,
                                        [this, to](bool good) { flowEnded(to, good); });
  }

  void flowEnded(int to, bool good) {
    if (good) ::shutdown(to, SHUT_WR);
    if (good && ++flowsEnded_ < 2) return;
    if (!good) reset(client_);
    finish();
  }

  /// The client sees "connection reset", as of a port where nobody listens.
  void refuse() {
    reset(client_);
    finish();
  }

  static void reset(base::Fd& fd) {
    const linger now{1, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

  void finish() {
    if (auto over = std::exchange(over_, nullptr)) loop_.post(std::move(over));
  }

  base::Loop& loop_;
  base::Fd client_;
  base::Fd server_;
  size_t turn_;
  std::function<void()> over_;
  std::vector<base::Watch> lookups_;
  std::vector<std::vector<Address>> found_;
  size_t missing_ = 0;
  std::vector<Address> backends_;
  size_t next_ = 0;
  int flowsEnded_ = 0;
  base::Watch connected_;
  base::Watch timer_;
  std::unique_ptr<base::Pump> up_;
  std::unique_ptr<base::Pump> down_;
};

std::vector<Address> common(const std::vector<std::vector<Address>>& sets) {
  std::vector<Address> all;
  if (sets.empty()) return all;
  for (const Address& address : sets.front()) {
    const auto holds = [&](const std::vector<Address>& set) {
      return std::any_of(set.begin(), set.end(),
                         [&](const Address& each) { return isSame(each, address); });
    };
    if (std::all_of(sets.begin() + 1, sets.end(), holds)) all.push_back(address);
  }
  return all;
}

base::Result<ForwardedPort> parseForwardedPort(const std::string& text) {
  ForwardedPort port;
  const size_t equals = text.find('=');
  const char* end = text.data() + text.size();
  const char* middle = text.data() + std::min(equals, text.size());
  const auto first = std::from_chars(text.data(), middle, port.listen);
  const bool good = equals != std::string::npos && first.ptr == middle &&
                    std::from_chars(middle + 1, end, port.target).ptr == end;
  if (good && port.listen > 0 && port.target > 0) return port;
  return base::fail(EINVAL, "not PORT=TARGET: '" + text + "'");
}

Forwarder::Forwarder(base::Loop& loop, Resolver& resolver, std::vector<std::string> names)
    : loop_(loop), resolver_(resolver), names_(std::move(names)) {}

Forwarder::~Forwarder() = default;

base::Status Forwarder::listen(const ForwardedPort& port) {
  base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return base::failErrno("socket");
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(port.listen);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(socket.get(), where, sizeof address) != 0 || ::listen(socket.get(), kBacklog) != 0)
    return base::failErrno("port " + std::to_string(port.listen));
  accept(std::move(socket), port.target);
  return {};
}

void Forwarder::accept(base::Fd socket, uint16_t target) {
  Listener& listener = listeners_.emplace_back();
  listener.socket = std::move(socket);
  listener.target = target;
  listener.readable = loop_.readable(listener.socket.get(), [this, &listener] { take(listener); });
}

void Forwarder::take(Listener& listener) {
  base::Fd client(::accept4(listener.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client) return;
  const auto place = connections_.emplace(connections_.end());
  *place = std::make_unique<ForwardedConnection>(loop_, resolver_, std::move(client),
                                                 listener.target, names_, turn_++,
                                                 [this, place] { connections_.erase(place); });
}

int runForwarder(const std::vector<std::string>& words) {
  const auto loop = base::makeAsioLoop();
  const auto resolver = makeResolver(*loop);
  const auto dashes = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> names;
  if (dashes != words.end()) names.assign(dashes + 1, words.end());
  Forwarder forwarder(*loop, *resolver, std::move(names));
  for (auto word = words.begin(); word != dashes; ++word) {
    const auto port = parseForwardedPort(*word);
    const base::Status listening =
        port ? forwarder.listen(*port) : base::Status(base::pass(port.error()));
    if (listening) continue;
    std::fprintf(stderr, "minicluster-entry: %s\n", listening.error().message.c_str());
    return 1;
  }
  const base::Watch term = loop->signal(SIGTERM, [&] { loop->stop(); });
  const base::Watch interrupt = loop->signal(SIGINT, [&] { loop->stop(); });
  loop->run();
  // Not waiting for a lookup that may still be under way.
  ::_exit(0);
}

}  // namespace mc::entry
