#include "base/asio_loop.hpp"

#include <fcntl.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/child_watch.hpp"
#include "base/fd.hpp"

namespace mc::base {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Handlers hold the state, the Watch only marks it dead: a callback may destroy its own Watch.
template <class State>
class Handle final : public Registration {
 public:
  explicit Handle(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~Handle() override { state_->cancel(); }

 private:
  std::shared_ptr<State> state_;
};

struct TimerState : std::enable_shared_from_this<TimerState> {
  TimerState(asio::io_context& context, std::chrono::nanoseconds delay, Loop::Callback f)
      : timer(context, std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay)),
        callback(std::move(f)) {}
  void start() {
    timer.async_wait([self = shared_from_this()](error_code error) {
      if (!error && self->callback) std::exchange(self->callback, nullptr)();
    });
  }
  void cancel() {
    callback = nullptr;
    timer.cancel();
  }
  asio::steady_timer timer;
  Loop::Callback callback;
};

/// Waits on a descriptor without owning it. A duplicate is registered, because two watches (read
/// and write, or two readers) of one descriptor would be refused by epoll.
struct FdState : std::enable_shared_from_this<FdState> {
  using Wait = asio::posix::descriptor_base::wait_type;
  FdState(asio::io_context& context, int fd, Wait kind, Loop::Callback f)
      : descriptor(context, ::fcntl(fd, F_DUPFD_CLOEXEC, 0)), wait(kind), callback(std::move(f)) {}
  void start() {
    descriptor.async_wait(wait, [self = shared_from_this()](error_code error) {
      // Regular files and /dev/null are not for epoll: they are always ready.
      if (error == asio::error::operation_not_supported) error = {};
      if (error || !self->callback) return;
      const auto running = self->callback;  // the callback may destroy its own Watch
      running();
      if (self->callback) self->start();
    });
  }
  void cancel() {
    callback = nullptr;
    error_code ignored;
    ignored = descriptor.close(ignored);
  }
  asio::posix::stream_descriptor descriptor;
  Wait wait;
  Loop::Callback callback;
};

struct SignalState : std::enable_shared_from_this<SignalState> {
  SignalState(asio::io_context& context, int signal, Loop::Callback f)
      : set(context, signal), callback(std::move(f)) {}
  void start() {
    set.async_wait([self = shared_from_this()](error_code error, int) {
      if (error || !self->callback) return;
      const auto running = self->callback;
      running();
      if (self->callback) self->start();
    });
  }
  void cancel() {
    callback = nullptr;
    error_code ignored;
    ignored = set.cancel(ignored);
  }
  asio::signal_set set;
  Loop::Callback callback;
};

class AsioLoop final : public Loop {
 public:
  void run() override {
    auto work = asio::make_work_guard(context_);
    context_.restart();
    context_.run();
  }
  void stop() override { context_.stop(); }
  void post(Callback callback) override { asio::post(context_, std::move(callback)); }

  Watch after(std::chrono::nanoseconds delay, Callback callback) override {
    return started<TimerState>(delay, std::move(callback));
  }
  Watch readable(int fd, Callback callback) override {
    return started<FdState>(fd, FdState::Wait::wait_read, std::move(callback));
  }
  Watch writable(int fd, Callback callback) override {
    return started<FdState>(fd, FdState::Wait::wait_write, std::move(callback));
  }
  Watch signal(int signal, Callback callback) override {
    return started<SignalState>(signal, std::move(callback));
  }

  Watch child(pid_t pid, std::function<void(int)> callback) override {
    return watchChild(*this, pid, std::move(callback));
  }

  [[nodiscard]] const Clock& clock() const override { return clock_; }
  asio::io_context& context() { return context_; }

 private:
  template <class State, class... Args>
  Watch started(Args&&... args) {
    auto state = std::make_shared<State>(context_, std::forward<Args>(args)...);
    state->start();
    return std::make_unique<Handle<State>>(std::move(state));
  }

  asio::io_context context_{1};
  SystemClock clock_;
};

}  // namespace

std::unique_ptr<Loop> makeAsioLoop() {
  return std::make_unique<AsioLoop>();
}

boost::asio::io_context& ioContext(Loop& loop) {
  return static_cast<AsioLoop&>(loop).context();
}

}  // namespace mc::base
