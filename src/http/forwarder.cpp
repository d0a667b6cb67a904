#include "http/forwarder.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "http/listener.hpp"

namespace mc::http {

/// One thread accepts; each connection has its own.
class Forwarder::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}

  ~Impl() {
    stop_.request_stop();
    if (wake_) ::eventfd_write(wake_.get(), 1);
    if (accepting_.joinable()) accepting_.join();
    for (Work& work : works_) end(work);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<PortPair> listen(const std::string& address, PortPair pair) {
    const bool v6 = address.find(':') != std::string::npos;
    MC_TRY_ASSIGN(auto listener, listenAt((v6 ? "[" + address + "]" : address) + ":" +
                                          std::to_string(pair.local)));
    pair.local = listener.port;
    places_.push_back({std::move(listener), pair});
    return pair;
  }

  base::Status start() {
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return base::failErrno("eventfd");
    accepting_ = std::thread([this] { run(); });
    return {};
  }

 private:
  struct Place {
    Listener listener;
    PortPair pair;
  };

  struct Work {
    base::Fd local;
    std::thread thread;
    bool done = false;  ///< guarded by mutex_
  };

  void run() {
    std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
    for (const auto& place : places_) polled.push_back({place.listener.fd.get(), POLLIN, 0});
    while (!stop_.stop_requested()) {
      (void)::poll(polled.data(), polled.size(), -1);
      uint64_t count = 0;
      (void)::eventfd_read(wake_.get(), &count);
      reap();
      for (size_t i = 0; i < places_.size(); ++i) {
        if (polled[i + 1].revents != 0) accept(places_[i]);
      }
    }
  }

  void accept(const Place& place) {
    base::Fd fd(::accept4(place.listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) return;
    if (options_.onConnection) options_.onConnection(place.pair);
    Work& work = works_.emplace_back();
    work.local = std::move(fd);
    work.thread = std::thread([this, &work, pair = place.pair] {
      const auto done = options_.carry(pair.remote, work.local, stop_.get_token());
      if (!done && done.error().errnum != ECANCELED && options_.onError) {
        options_.onError(pair, done.error());
      }
      ::shutdown(work.local.get(), SHUT_RDWR);
      const std::lock_guard lock(mutex_);
      work.done = true;
      ::eventfd_write(wake_.get(), 1);
    });
  }

  void reap() {
    for (auto it = works_.begin(); it != works_.end();) {
      it = isDone(*it) ? (end(*it), works_.erase(it)) : std::next(it);
    }
  }

  bool isDone(const Work& work) {
    const std::lock_guard lock(mutex_);
    return work.done;
  }

  static void end(Work& work) {
    // Wakes a thread that writes to a client which reads nothing.
    ::shutdown(work.local.get(), SHUT_RDWR);
    work.thread.join();
  }

  const Options options_;
  std::vector<Place> places_;
  base::Fd wake_;
  std::stop_source stop_;
  std::list<Work> works_;  ///< of the accepting thread
  std::mutex mutex_;
  std::thread accepting_;
};

Forwarder::Forwarder(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Forwarder::~Forwarder() = default;

base::Result<PortPair> Forwarder::listen(const std::string& address, PortPair pair) {
  return impl_->listen(address, pair);
}

base::Status Forwarder::start() {
  return impl_->start();
}

}  // namespace mc::http
