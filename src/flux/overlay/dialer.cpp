#include "flux/overlay/dialer.hpp"

#include <algorithm>

namespace mc::flux::overlay {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{2};
constexpr milliseconds kLongestPause{50};
constexpr milliseconds kPatientPause{1000};
/// A connection request that gets lost is sent again by the kernel only after a second, and later
/// after longer; a new socket asks at once. Grows, so that a slow network gets its time.
constexpr milliseconds kFirstTimeout{200};

}  // namespace

Dialer::Dialer(base::Loop& loop, Endpoint endpoint, milliseconds connectTimeout, Handlers handlers)
    : loop_(loop),
      endpoint_(std::move(endpoint)),
      connectTimeout_(connectTimeout),
      handlers_(std::move(handlers)),
      pause_(kFirstPause) {}

void Dialer::dial(bool patient) {
  pause_ = kFirstPause;
  timeouts_ = 0;
  step_ = loop_.after(patient ? kPatientPause : milliseconds(0), [this] { tryOnce(); });
}

void Dialer::tryOnce() {
  if (endpoint_.kind == Endpoint::Kind::Ipc) {
    auto address = unixAddress(endpoint_.host);
    return address ? connectTo({*address}) : retry(address.error());
  }
  step_ = resolve(loop_, endpoint_.host, endpoint_.port, [this](Resolved resolved) {
    resolved ? connectTo(std::move(*resolved)) : retry(resolved.error());
  });
}

void Dialer::connectTo(std::vector<SocketAddress> addresses) {
  addresses_ = std::move(addresses);
  std::reverse(addresses_.begin(), addresses_.end());
  connectNext();
}

void Dialer::connectNext() {
  if (addresses_.empty()) return retry({ENOENT, endpoint_.uri() + ": no address"});
  const SocketAddress address = addresses_.back();
  addresses_.pop_back();
  socket_ =
      base::Fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::connect(socket_.get(), address.get(), address.length) == 0) return onWritable();
  // EAGAIN: the backlog of a unix socket is full.
  if (errno != EINPROGRESS) return retry({errno, endpoint_.uri() + ": " + std::strerror(errno)});
  step_ = loop_.writable(socket_.get(), [this] { onWritable(); });
  if (patience().count() > 0)
    timeout_ = loop_.after(patience(), [this] {
      ++timeouts_;
      retry({ETIMEDOUT, endpoint_.uri() + ": " + std::strerror(ETIMEDOUT)});
    });
}

void Dialer::onWritable() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return retry({error, endpoint_.uri() + ": " + std::strerror(error)});
  step_.reset();
  timeout_.reset();
  const auto connected = handlers_.connected;
  connected(std::move(socket_));
}

void Dialer::retry(const base::Error& error) {
  timeout_.reset();
  step_.reset();
  socket_.reset();
  if (!addresses_.empty()) return connectNext();
  step_ = loop_.after(pause_, [this] { tryOnce(); });
  pause_ = std::min(pause_ * 3 / 2 + milliseconds(1), kLongestPause);
  handlers_.failing(error);
}

milliseconds Dialer::patience() const {
  const milliseconds grown = kFirstTimeout * (1u << std::min(timeouts_, 10u));
  return connectTimeout_.count() > 0 ? std::min(grown, connectTimeout_) : grown;
}

}  // namespace mc::flux::overlay
