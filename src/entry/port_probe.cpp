#include "entry/port_probe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mc::entry {

PortProbe::PortProbe(base::Loop& loop, Resolver& resolver, std::string host, uint16_t port,
                     std::function<void()> connected)
    : loop_(loop),
      resolver_(resolver),
      host_(std::move(host)),
      port_(port),
      connected_(std::move(connected)) {
  lookUp();
}

void PortProbe::lookUp() {
  lookup_ = resolver_.resolve(host_, port_, [this](base::Result<std::vector<Address>> found) {
    if (!found) return failed(found.error().message);
    addresses_ = std::move(*found);
    next_ = 0;
    connectNext();
  });
}

void PortProbe::connectNext() {
  if (next_ == addresses_.size()) return failed(lastError_);
  const Address& address = addresses_[next_++];
  socket_.reset(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* where = reinterpret_cast<const sockaddr*>(&address.storage);
  if (socket_ && ::connect(socket_.get(), where, address.length) == 0) return connected_();
  if (!socket_ || errno != EINPROGRESS) {
    lastError_ = std::strerror(errno);
    return connectNext();
  }
  writable_ = loop_.writable(socket_.get(), [this] { connectDone(); });
  timer_ = loop_.after(kConnectTimeout, [this] {
    writable_.reset();
    lastError_ = std::strerror(ETIMEDOUT);
    connectNext();
  });
}

void PortProbe::connectDone() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  writable_.reset();
  timer_.reset();
  if (error == 0) {
    socket_.reset();
    return connected_();
  }
  lastError_ = std::strerror(error);
  connectNext();
}

void PortProbe::failed(const std::string& error) {
  lastError_ = error;
  socket_.reset();
  timer_ = loop_.after(pause_, [this] { lookUp(); });
  pause_ = std::min(pause_ * 2, kLongestPause);
}

}  // namespace mc::entry
