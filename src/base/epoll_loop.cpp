#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/child_watch.hpp"
#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/signal_pipe.hpp"

namespace mc::base {
namespace {

using std::chrono::nanoseconds;

/// A timer that is due so soon is waited for awake: to sleep and to wake takes longer.
constexpr nanoseconds kTooShortToSleep{20'000};
/// What the clock can be advanced by without overflow.
constexpr nanoseconds kLongest{std::chrono::hours(24 * 365 * 100)};

/// What a Watch and the loop share: a callback may destroy its own Watch and must last as long as
/// it runs.
struct Ready {
  uint32_t events = 0;  ///< EPOLLIN or EPOLLOUT
  Loop::Callback callback;
  bool dead = false;
};

struct Delivery {
  int signal = 0;
  Loop::Callback callback;
  bool dead = false;
};

/// All watches of one descriptor, which epoll knows once.
struct Slot {
  std::vector<std::shared_ptr<Ready>> watches;
  uint32_t registered = 0;  ///< events
  uint32_t generation = 0;  ///< tells events of this descriptor from those of an earlier one
};

class EpollLoop final : public Loop {
 public:
  EpollLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) std::abort();
  }

  ~EpollLoop() override {
    // What they hold may hold watches of this loop.
    while (!posted_.empty() || !timers_.empty()) {
      const auto posted = std::exchange(posted_, {});
      const auto timers = std::exchange(timers_, {});
    }
  }

  void run() override {
    stopped_ = false;
    while (!stopped_) {
      runPosted();
      runTimers();
      if (!stopped_) runReady();
    }
  }
  void stop() override { stopped_ = true; }
  void post(Callback callback) override { posted_.push_back(std::move(callback)); }

  Watch after(nanoseconds delay, Callback callback) override {
    const TimerKey key{clock_.steady() + std::min(delay, kLongest), ++timerCount_};
    timers_.emplace(key, std::move(callback));
    return std::make_unique<TimerWatch>(*this, key);
  }
  Watch readable(int fd, Callback callback) override {
    return watch(fd, EPOLLIN, std::move(callback));
  }
  Watch writable(int fd, Callback callback) override {
    return watch(fd, EPOLLOUT, std::move(callback));
  }
  Watch child(pid_t pid, std::function<void(int)> callback) override {
    return watchChild(*this, pid, std::move(callback));
  }
  Watch signal(int signal, Callback callback) override;
  [[nodiscard]] const Clock& clock() const override { return clock_; }

 private:
  using TimerKey = std::pair<std::chrono::steady_clock::time_point, uint64_t>;

  struct TimerWatch final : Registration {
    TimerWatch(EpollLoop& owner, TimerKey k) : loop(owner), key(k) {}
    ~TimerWatch() override { loop.timers_.erase(key); }
    EpollLoop& loop;
    TimerKey key;
  };
  struct FdWatch final : Registration {
    FdWatch(EpollLoop& owner, int number, std::shared_ptr<Ready> shared)
        : loop(owner), fd(number), state(std::move(shared)) {}
    ~FdWatch() override { loop.forget(fd, state); }
    EpollLoop& loop;
    int fd;
    std::shared_ptr<Ready> state;
  };
  struct SignalWatch final : Registration {
    SignalWatch(EpollLoop& owner, std::shared_ptr<Delivery> shared)
        : loop(owner), state(std::move(shared)) {}
    ~SignalWatch() override {
      state->dead = true;
      std::erase(loop.deliveries_, state);
      SignalPipe::remove(state->signal);
    }
    EpollLoop& loop;
    std::shared_ptr<Delivery> state;
  };

  Watch watch(int fd, uint32_t events, Callback callback);
  void forget(int fd, const std::shared_ptr<Ready>& state);
  bool update(int fd, bool isNew);
  bool control(int operation, int fd, const Slot& slot);

  void runPosted();
  void runTimers();
  void runReady();
  void dispatch(const epoll_event& event);
  void runAlwaysReady();
  void deliverSignals();
  int wait(epoll_event* events, int count);
  [[nodiscard]] std::optional<nanoseconds> patience() const;

  SystemClock clock_;
  Fd epoll_;
  bool stopped_ = false;
  bool fineWaits_ = true;  ///< the kernel has epoll_pwait2(2)
  uint64_t timerCount_ = 0;
  std::vector<Slot> slots_;                          ///< by descriptor
  std::vector<std::shared_ptr<Ready>> alwaysReady_;  ///< of what epoll does not take
  std::vector<std::shared_ptr<Delivery>> deliveries_;
  std::unique_ptr<SignalPipe> signals_;
  Watch signalWatch_;
  std::map<TimerKey, Callback> timers_;
  std::deque<Callback> posted_;
};

Watch EpollLoop::watch(int fd, uint32_t events, Callback callback) {
  auto state = std::make_shared<Ready>(Ready{events, std::move(callback)});
  if (fd >= 0) {
    if (static_cast<size_t>(fd) >= slots_.size()) slots_.resize(static_cast<size_t>(fd) + 1);
    slots_[static_cast<size_t>(fd)].watches.push_back(state);
  }
  if (fd < 0 || !update(fd, true)) {
    // Regular files and /dev/null are not for epoll: they are always ready. Where anything else is
    // wrong, the callback's own call finds out.
    if (fd >= 0) slots_[static_cast<size_t>(fd)].watches.pop_back();
    alwaysReady_.push_back(state);
  }
  return std::make_unique<FdWatch>(*this, fd, std::move(state));
}

void EpollLoop::forget(int fd, const std::shared_ptr<Ready>& state) {
  state->dead = true;
  if (std::erase(alwaysReady_, state) > 0) return;
  if (std::erase(slots_[static_cast<size_t>(fd)].watches, state) > 0) update(fd, false);
}

/// Tells epoll what the watches of a descriptor wait for. False if it can't wait for that.
bool EpollLoop::update(int fd, bool isNew) {
  Slot& slot = slots_[static_cast<size_t>(fd)];
  uint32_t wanted = 0;
  for (const auto& watch : slot.watches) wanted |= watch->events;
  const uint32_t before = std::exchange(slot.registered, wanted);
  if (wanted == 0) return control(EPOLL_CTL_DEL, fd, slot);
  if (wanted == before && !isNew) return true;
  if (before != 0 && control(EPOLL_CTL_MOD, fd, slot)) return true;
  ++slot.generation;
  if (control(EPOLL_CTL_ADD, fd, slot)) return true;
  slot.registered = before;
  return false;
}

bool EpollLoop::control(int operation, int fd, const Slot& slot) {
  epoll_event event{};
  event.events = slot.registered;
  event.data.u64 = uint64_t{slot.generation} << 32 | static_cast<uint32_t>(fd);
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

/// What these add waits for the next turn, so that descriptors get theirs.
void EpollLoop::runPosted() {
  for (size_t count = posted_.size(); count > 0 && !stopped_; --count) {
    const Callback callback = std::move(posted_.front());
    posted_.pop_front();
    callback();
  }
}

void EpollLoop::runTimers() {
  if (timers_.empty()) return;
  const TimerKey due{clock_.steady(), timerCount_};
  while (!stopped_ && !timers_.empty() && timers_.begin()->first <= due) {
    const auto timer = timers_.extract(timers_.begin());
    timer.mapped()();
  }
}

/// How long there is nothing to do; nothing: until a descriptor is ready.
std::optional<nanoseconds> EpollLoop::patience() const {
  if (!posted_.empty() || !alwaysReady_.empty()) return nanoseconds(0);
  if (timers_.empty()) return std::nullopt;
  const nanoseconds left = timers_.begin()->first.first - clock_.steady();
  return left < kTooShortToSleep ? nanoseconds(0) : left;
}

int EpollLoop::wait(epoll_event* events, int count) {
  constexpr long kSecond = 1'000'000'000;
  const auto left = patience();
  if (fineWaits_ && left && left->count() > 0) {
    const timespec time{left->count() / kSecond, left->count() % kSecond};
    const int n = ::epoll_pwait2(epoll_.get(), events, count, &time, nullptr);
    if (n >= 0 || errno == EINTR) return n;
    fineWaits_ = false;
  }
  constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
  const auto rounded = left ? std::chrono::ceil<std::chrono::milliseconds>(*left) : kDay;
  const int timeout = left ? static_cast<int>(std::min(rounded, kDay).count()) : -1;
  return ::epoll_wait(epoll_.get(), events, count, timeout);
}

void EpollLoop::runReady() {
  std::array<epoll_event, 64> events;
  const int count = wait(events.data(), static_cast<int>(events.size()));
  for (int i = 0; i < count && !stopped_; ++i) dispatch(events[static_cast<size_t>(i)]);
  if (!alwaysReady_.empty()) runAlwaysReady();
}

void EpollLoop::dispatch(const epoll_event& event) {
  const auto fd = static_cast<uint32_t>(event.data.u64);
  const Slot& slot = slots_[fd];
  if (slot.generation != event.data.u64 >> 32) return;
  // An error or a hang-up is for all: their next call tells them.
  const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
  const uint32_t events = broken ? EPOLLIN | EPOLLOUT : event.events;
  const auto run = [&](const Ready& state) {
    if (!state.dead && (state.events & events) != 0) state.callback();
  };
  if (slot.watches.size() == 1) {
    const std::shared_ptr<Ready> state = slot.watches.front();
    return run(*state);
  }
  const auto watches = slot.watches;  // callbacks may add and remove some
  for (const auto& state : watches)
    if (!stopped_) run(*state);
}

void EpollLoop::runAlwaysReady() {
  const auto watches = alwaysReady_;  // callbacks may add and remove some
  for (const auto& state : watches)
    if (!stopped_ && !state->dead) state->callback();
}

Watch EpollLoop::signal(int signal, Callback callback) {
  if (!signals_) {
    signals_ = std::make_unique<SignalPipe>();
    signalWatch_ = readable(signals_->fd(), [this] { deliverSignals(); });
  }
  auto out = std::make_unique<SignalWatch>(
      *this, std::make_shared<Delivery>(Delivery{signal, std::move(callback)}));
  deliveries_.push_back(out->state);
  SignalPipe::add(signal);
  return out;
}

void EpollLoop::deliverSignals() {
  for (const char number : signals_->take()) {
    const auto deliveries = deliveries_;  // callbacks may add and remove some
    for (const auto& delivery : deliveries)
      if (!delivery->dead && delivery->signal == number) delivery->callback();
  }
}

}  // namespace

std::unique_ptr<Loop> makeLoop() {
  return std::make_unique<EpollLoop>();
}

}  // namespace mc::base
