#include "http/server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "http/listener.hpp"
#include "http/server_connection.hpp"

namespace mc::http {

namespace {

// What an event of epoll is about; connections count from there.
constexpr uint64_t kListening = 0;
constexpr uint64_t kWake = 1;
constexpr uint64_t kFirstConnection = 2;

/// How long to wait before the next accept when the process has no descriptors left.
constexpr int kBreatheMs = 100;

bool isShortage(int errnum) {
  return errnum == EMFILE || errnum == ENFILE || errnum == ENOMEM || errnum == ENOBUFS;
}

}  // namespace

/// One thread accepts, joins the threads of ended connections and reports clients that hang up.
class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler, Listener listener)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        listener_(std::move(listener)),
        tls_(options_.tls) {}

  ~Impl() {
    if (!listener_.path.empty()) ::unlink(listener_.path.c_str());
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Status start() {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!epoll_ || !wake_) return base::failErrno("server");
    control(EPOLL_CTL_ADD, listener_.fd.get(), EPOLLIN, kListening);
    control(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, kWake);
    accepting_ = std::thread([this] { run(); });
    return {};
  }

  void stop() {
    std::call_once(stopped_, [this] {
      {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
      }
      ::eventfd_write(wake_.get(), 1);
      accepting_.join();
      listener_.fd.reset();
      endConnections();
    });
  }

  [[nodiscard]] const Listener& listener() const { return listener_; }

  void setTls(std::shared_ptr<TlsContext> tls) {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }

  [[nodiscard]] size_t connections() const {
    const std::lock_guard lock(mutex_);
    return slots_.size() - finished_.size();
  }

 private:
  /// A connection and its thread.
  struct Slot {
    Slot(const ServerOptions& options, const Handler& handler, const std::atomic<bool>& crowded,
         std::function<void(int)> watch)
        : connection(options, handler, crowded, std::move(watch)) {}
    ServerConnection connection;
    std::thread thread;
  };

  void control(int operation, int fd, uint32_t events, uint64_t about) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = about;
    ::epoll_ctl(epoll_.get(), operation, fd, &event);
  }

  [[nodiscard]] bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    std::array<epoll_event, 64> events;
    int timeout = -1;
    while (!stopping()) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), timeout);
      bool incoming = timeout >= 0;
      for (int i = 0; i < count; ++i) {
        const uint64_t about = events[i].data.u64;
        if (about == kListening) incoming = true;
        if (about >= kFirstConnection) hungUp(about);
      }
      reap();
      timeout = incoming && !stopping() ? acceptAll() : timeout;
    }
  }

  /// Takes what waits; how long epoll may wait then.
  int acceptAll() {
    while (true) {
      if (full()) {
        // Accepting goes on when a connection has ended; see reap().
        listen(false);
        makeRoom();
        return -1;
      }
      base::Fd fd(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (fd) {
        admit(std::move(fd));
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (!isShortage(errno)) return listen(true), -1;
      listen(false);
      makeRoom();
      return kBreatheMs;
    }
  }

  void listen(bool on) {
    if (listening_ == on) return;
    listening_ = on;
    crowded_ = !on;
    control(EPOLL_CTL_MOD, listener_.fd.get(), on ? static_cast<uint32_t>(EPOLLIN) : 0u,
            kListening);
  }

  [[nodiscard]] bool full() const {
    const std::lock_guard lock(mutex_);
    return slots_.size() >= options_.connections;
  }

  void admit(base::Fd fd) {
    const int on = 1;
    if (listener_.port != 0) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const uint64_t id = nextId_++;
    auto slot = std::make_shared<Slot>(options_, handler_, crowded_, [this, id](int raw) {
      control(EPOLL_CTL_ADD, raw, EPOLLRDHUP | EPOLLONESHOT, id);
    });
    const std::lock_guard lock(mutex_);
    try {
      slot->thread =
          std::thread([this, id, own = slot.get(), tls = tls_, socket = std::move(fd)]() mutable {
            own->connection.serve(std::move(socket), tls);
            ended(id);
          });
    } catch (const std::system_error&) {
      return;  // no thread to be had: the client finds the connection closed
    }
    slots_.emplace(id, std::move(slot));
  }

  /// The last act of a connection's thread.
  void ended(uint64_t id) {
    const std::lock_guard lock(mutex_);
    finished_.push_back(id);
    changed_.notify_all();
    ::eventfd_write(wake_.get(), 1);
  }

  void reap() {
    uint64_t count = 0;
    (void)::eventfd_read(wake_.get(), &count);
    std::vector<std::shared_ptr<Slot>> gone;
    {
      const std::lock_guard lock(mutex_);
      for (const uint64_t id : finished_) gone.push_back(std::move(slots_.extract(id).mapped()));
      finished_.clear();
    }
    for (const auto& slot : gone) slot->thread.join();
    if (!gone.empty()) listen(true);
  }

  void hungUp(uint64_t id) {
    std::shared_ptr<Slot> slot;
    {
      const std::lock_guard lock(mutex_);
      const auto found = slots_.find(id);
      if (found == slots_.end()) return;
      slot = found->second;
    }
    slot->connection.hangUp();
  }

  /// Ends the connection that has been waiting longest for a request.
  void makeRoom() {
    const std::lock_guard lock(mutex_);
    ServerConnection* oldest = nullptr;
    std::chrono::steady_clock::time_point since;
    for (const auto& [id, slot] : slots_) {
      const auto idle = slot->connection.idleSince();
      if (!idle || (oldest != nullptr && *idle >= since)) continue;
      oldest = &slot->connection;
      since = *idle;
    }
    if (oldest != nullptr) oldest->endIfIdle();
  }

  void endConnections() {
    // Handlers' stop callbacks run in finish(), so not under the lock.
    for (const auto& slot : allSlots()) slot->connection.finish();
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, options_.grace, [this] { return finished_.size() == slots_.size(); });
    }
    for (const auto& slot : allSlots()) slot->connection.abort();
    for (const auto& slot : allSlots()) slot->thread.join();
    const std::lock_guard lock(mutex_);
    slots_.clear();
    finished_.clear();
  }

  std::vector<std::shared_ptr<Slot>> allSlots() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Slot>> all;
    for (const auto& [id, slot] : slots_) all.push_back(slot);
    return all;
  }

  const ServerOptions options_;
  const Handler handler_;
  Listener listener_;
  base::Fd epoll_;
  base::Fd wake_;
  std::thread accepting_;
  std::once_flag stopped_;
  std::atomic<bool> crowded_ = false;
  bool listening_ = true;               // of the accepting thread
  uint64_t nextId_ = kFirstConnection;  // of the accepting thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                            ///< guarded by mutex_
  std::shared_ptr<TlsContext> tls_;                  ///< guarded by mutex_
  std::map<uint64_t, std::shared_ptr<Slot>> slots_;  ///< guarded by mutex_
  std::vector<uint64_t> finished_;                   ///< guarded by mutex_; ids to be joined
};

std::string ServerRequest::parameter(std::string_view name) const {
  return Target{{}, query}.parameter(name);
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop();
}

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  MC_TRY_ASSIGN(Listener listener, listenAt(options.listen));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler), std::move(listener));
  MC_TRY(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const {
  return impl_->listener().port;
}

std::string Server::address() const {
  return impl_->listener().address;
}

void Server::setTls(std::shared_ptr<TlsContext> tls) {
  impl_->setTls(std::move(tls));
}

void Server::stop() {
  impl_->stop();
}

size_t Server::connections() const {
  return impl_->connections();
}

}  // namespace mc::http
