#include "kube/streams_forward.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <list>
#include <mutex>
#include <thread>

#include "http/listener.hpp"
#include "http/uri.hpp"
#include "kube/resource.hpp"
#include "kube/streams_relay.hpp"

namespace mc::kube {

namespace {

constexpr uint8_t kData = 0;
constexpr uint8_t kError = 1;
constexpr size_t kPortSize = 2;
constexpr size_t kErrorLimit = 64u << 10;

/// What the channels of one connection bring.
class Forwarding {
 public:
  explicit Forwarding(const base::Fd& local) : local_(local) {}

  base::Status take(uint8_t channel, std::string_view data) {
    if (channel > kError) return {};
    size_t& seen = portBytes_[channel];
    const size_t skipped = std::min(kPortSize - seen, data.size());
    seen += skipped;
    data.remove_prefix(skipped);
    if (channel == kData) return base::writeAll(local_.get(), data);
    if (error_.size() < kErrorLimit) error_ += data;
    return {};
  }

  [[nodiscard]] base::Status result() const {
    if (error_.empty()) return {};
    return base::fail(EIO, error_);
  }

 private:
  const base::Fd& local_;
  std::array<size_t, 2> portBytes_{};
  std::string error_;
};

}  // namespace

base::Status forwardConnection(Session& session, const ObjectKey& pod, uint16_t port,
                               const base::Fd& local, const std::stop_token& stop) {
  http::Request request;
  request.target = http::withQuery(objectPath(kPods, pod.ns, pod.name, "portforward"),
                                   {{"ports", std::to_string(port)}});
  MC_TRY_ASSIGN(const auto socket,
                session.webSocket(request, {"v4.channel.k8s.io"}, {.stop = stop}));
  Forwarding forwarding(local);
  Relay ends;
  ends.input = local.get();
  ends.inputChannel = kData;
  ends.onMessage = [&](uint8_t channel, std::string_view data) {
    return forwarding.take(channel, data);
  };
  MC_TRY(relay(*socket, ends, stop));
  return forwarding.result();
}

/// One thread accepts; each connection has its own.
class PortForward::Impl {
 public:
  Impl(Session& session, ObjectKey pod, Options options)
      : session_(session), pod_(std::move(pod)), options_(std::move(options)) {}

  ~Impl() {
    stop_.request_stop();
    if (wake_) ::eventfd_write(wake_.get(), 1);
    if (accepting_.joinable()) accepting_.join();
    for (Work& work : works_) end(work);
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Status listen(const std::vector<PortPair>& ports) {
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return base::failErrno("eventfd");
    for (const PortPair& pair : ports) {
      MC_TRY_ASSIGN(auto listener,
                    http::listenAt(options_.address + ":" + std::to_string(pair.local)));
      ports_.push_back({listener.port, pair.remote});
      listeners_.push_back(std::move(listener));
    }
    accepting_ = std::thread([this] { run(); });
    return {};
  }

  [[nodiscard]] const std::vector<PortPair>& ports() const { return ports_; }

 private:
  struct Work {
    base::Fd local;
    std::thread thread;
    bool done = false;  ///< guarded by mutex_
  };

  void run() {
    std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
    for (const auto& listener : listeners_) polled.push_back({listener.fd.get(), POLLIN, 0});
    while (!stop_.stop_requested()) {
      (void)::poll(polled.data(), polled.size(), -1);
      uint64_t count = 0;
      (void)::eventfd_read(wake_.get(), &count);
      reap();
      for (size_t i = 0; i < listeners_.size(); ++i) {
        if (polled[i + 1].revents != 0) accept(i);
      }
    }
  }

  void accept(size_t index) {
    base::Fd fd(::accept4(listeners_[index].fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) return;
    Work& work = works_.emplace_back();
    work.local = std::move(fd);
    work.thread = std::thread([this, &work, pair = ports_[index]] {
      const auto done =
          forwardConnection(session_, pod_, pair.remote, work.local, stop_.get_token());
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

  Session& session_;
  const ObjectKey pod_;
  const Options options_;
  std::vector<http::Listener> listeners_;
  std::vector<PortPair> ports_;
  base::Fd wake_;
  std::stop_source stop_;
  std::list<Work> works_;  ///< of the accepting thread
  std::mutex mutex_;
  std::thread accepting_;
};

PortForward::PortForward(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PortForward::~PortForward() = default;

base::Result<std::unique_ptr<PortForward>> PortForward::listen(Session& session, ObjectKey pod,
                                                               const std::vector<PortPair>& ports,
                                                               Options options) {
  auto impl = std::make_unique<Impl>(session, std::move(pod), std::move(options));
  MC_TRY(impl->listen(ports));
  return std::unique_ptr<PortForward>(new PortForward(std::move(impl)));
}

const std::vector<PortPair>& PortForward::ports() const {
  return impl_->ports();
}

}  // namespace mc::kube
