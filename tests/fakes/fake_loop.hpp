#pragma once
// A Loop whose time and readiness the test turns by hand.
//
//   FakeLoop loop;
//   ... code under test calls loop.after(5s, ...) ...
//   loop.advance(5s);            // runs what is due, in order of time
//   loop.signalReadable(fd);     // runs the watches of that descriptor
//
// Nothing runs by itself: settle() runs what was posted, and what that posts.

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/loop.hpp"

namespace mc::fakes {

class FakeClock final : public base::Clock {
 public:
  [[nodiscard]] double wall() const override {
    return kStart + std::chrono::duration<double>(elapsed).count();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(elapsed));
  }
  static constexpr double kStart = 1'700'000'000.0;
  std::chrono::nanoseconds elapsed{0};
};

class FakeLoop final : public base::Loop {
 public:
  /// Runs posted callbacks and timers (time jumps to each) until stop() or until nothing is left.
  void run() override {
    stopped_ = false;
    while (!stopped_ && (runPosted() || runNextTimer(kForever))) {
    }
  }
  void stop() override { stopped_ = true; }
  void post(Callback callback) override { posted_.push_back(std::move(callback)); }

  base::Watch after(std::chrono::nanoseconds delay, Callback callback) override {
    return add(timers_, clock_.elapsed + std::max(delay, std::chrono::nanoseconds(0)),
               std::move(callback));
  }
  base::Watch readable(int fd, Callback callback) override {
    return add(readers_, fd, std::move(callback));
  }
  base::Watch writable(int fd, Callback callback) override {
    return add(writers_, fd, std::move(callback));
  }
  base::Watch signal(int signal, Callback callback) override {
    return add(signals_, signal, std::move(callback));
  }
  base::Watch child(pid_t pid, std::function<void(int)> callback) override {
    return add(children_, pid, std::move(callback));
  }
  [[nodiscard]] const base::Clock& clock() const override { return clock_; }

  // The test's side.

  /// Runs what was posted, and what that posts in turn.
  void settle() {
    while (runPosted()) {
    }
  }
  /// Moves time on by `duration` and runs what comes due, each at its own time.
  void advance(std::chrono::nanoseconds duration) {
    const auto end = clock_.elapsed + duration;
    settle();
    while (runNextTimer(end)) settle();
    clock_.elapsed = end;
  }
  void signalReadable(int fd) { fire(readers_, fd); }
  void signalWritable(int fd) { fire(writers_, fd); }
  void deliverSignal(int signal) { fire(signals_, signal); }
  /// Ends the child `pid` with a wait status (see wait(2)).
  void endChild(pid_t pid, int waitStatus) {
    auto watches = std::move(children_[pid]);
    children_.erase(pid);
    for (auto& weak : watches)
      if (auto callback = weak.lock()) callback->f(waitStatus);
    settle();
  }

  [[nodiscard]] bool watchesReadable(int fd) { return count(readers_, fd) > 0; }
  [[nodiscard]] bool watchesWritable(int fd) { return count(writers_, fd) > 0; }
  [[nodiscard]] bool watchesSignal(int signal) { return count(signals_, signal) > 0; }
  [[nodiscard]] bool watchesChild(pid_t pid) { return count(children_, pid) > 0; }
  [[nodiscard]] size_t timers() {
    size_t n = 0;
    for (auto& [when, watches] : timers_) n += live(watches);
    return n;
  }

 private:
  static constexpr std::chrono::nanoseconds kForever = std::chrono::nanoseconds::max();

  template <class F>
  struct Box {
    F f;
  };
  template <class F>
  struct Held final : base::Registration {
    std::shared_ptr<Box<F>> callback;
  };
  template <class F>
  using Weak = std::weak_ptr<Box<F>>;
  template <class Key, class F>
  using Table = std::map<Key, std::vector<Weak<F>>>;

  template <class Key, class F>
  static base::Watch add(Table<Key, F>& table, Key key, F callback) {
    auto held = std::make_unique<Held<F>>();
    held->callback = std::make_shared<Box<F>>(Box<F>{std::move(callback)});
    table[key].push_back(held->callback);
    return held;
  }
  template <class W>
  static size_t live(const std::vector<W>& watches) {
    return static_cast<size_t>(
        std::count_if(watches.begin(), watches.end(), [](const W& w) { return !w.expired(); }));
  }
  template <class Key, class F>
  static size_t count(Table<Key, F>& table, Key key) {
    const auto found = table.find(key);
    return found == table.end() ? 0 : live(found->second);
  }

  void fire(Table<int, Callback>& table, int key) {
    const auto watches = table[key];  // callbacks may add and remove
    for (const auto& weak : watches)
      if (auto callback = weak.lock()) callback->f();
    settle();
  }
  bool runPosted() {
    if (posted_.empty()) return false;
    auto callback = std::move(posted_.front());
    posted_.pop_front();
    callback();
    return true;
  }
  /// Runs one timer due until `end`; false if there is none.
  bool runNextTimer(std::chrono::nanoseconds end) {
    while (!timers_.empty() && timers_.begin()->first <= end) {
      auto& [when, watches] = *timers_.begin();
      if (watches.empty()) {
        timers_.erase(timers_.begin());
        continue;
      }
      const auto callback = watches.front().lock();
      watches.erase(watches.begin());
      if (!callback) continue;
      clock_.elapsed = std::max(clock_.elapsed, when);
      callback->f();
      return true;
    }
    return false;
  }

  FakeClock clock_;
  bool stopped_ = false;
  std::deque<Callback> posted_;
  Table<std::chrono::nanoseconds, Callback> timers_;
  Table<int, Callback> readers_;
  Table<int, Callback> writers_;
  Table<int, Callback> signals_;
  Table<pid_t, std::function<void(int)>> children_;
};

}  // namespace mc::fakes
