#pragma once
// A Timer whose clock stands still until a test moves it.
//
// Thread-safety: as Timer. Callbacks run on the thread that calls advance().

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "kube/timer.hpp"

namespace mc::fakes {

class FakeTimer final : public kube::Timer {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  [[nodiscard]] const base::Clock& clock() const override { return clock_; }

  [[nodiscard]] base::Watch after(std::chrono::nanoseconds delay, Callback callback) override {
    const std::lock_guard lock(agenda_->mutex);
    const Key key{clock_.steady() + delay, agenda_->next++};
    agenda_->waiting.emplace(key, std::move(callback));
    agenda_->changed.notify_all();
    return std::make_unique<Entry>(agenda_, key);
  }

  /// Moves the clock step by step, from one due callback to the next.
  void advance(std::chrono::nanoseconds time) {
    const Moment end = clock_.steady() + time;
    while (true) {
      std::unique_lock lock(agenda_->mutex);
      if (agenda_->waiting.empty() || agenda_->waiting.begin()->first.first > end) break;
      auto due = agenda_->waiting.extract(agenda_->waiting.begin());
      clock_.set(due.key().first);
      lock.unlock();
      due.mapped()();
    }
    clock_.set(end);
  }

  /// Waits until `count` callbacks are waiting: until others have begun to sleep.
  void awaitWaiting(size_t count) {
    std::unique_lock lock(agenda_->mutex);
    agenda_->changed.wait(lock, [&] { return agenda_->waiting.size() >= count; });
  }

  /// Waits until somebody sleeps, then lets exactly the first one go on. How long it slept.
  std::chrono::nanoseconds advanceToNext() {
    awaitWaiting(1);
    std::unique_lock lock(agenda_->mutex);
    if (agenda_->waiting.empty()) return {};
    const auto time = agenda_->waiting.begin()->first.first - clock_.steady();
    lock.unlock();
    advance(time);
    return time;
  }

  /// The same without waiting, for loops that also look at something else.
  void advanceToNextIfAny() {
    if (waiting() > 0)
      advanceToNext();
    else
      std::this_thread::yield();
  }

  [[nodiscard]] size_t waiting() const {
    const std::lock_guard lock(agenda_->mutex);
    return agenda_->waiting.size();
  }

 private:
  using Key = std::pair<Moment, uint64_t>;
  class FakeClock final : public base::Clock {
   public:
    [[nodiscard]] double wall() const override {
      return 1795413600.0 + std::chrono::duration<double>(steady() - Moment()).count();
    }
    [[nodiscard]] Moment steady() const override {
      const std::lock_guard lock(mutex_);
      return now_;
    }
    void set(Moment now) {
      const std::lock_guard lock(mutex_);
      now_ = std::max(now_, now);
    }

   private:
    mutable std::mutex mutex_;
    Moment now_ = Moment(std::chrono::hours(1));
  };
  struct Agenda {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<Key, Callback> waiting;
    uint64_t next = 0;
  };
  struct Entry final : base::Registration {
    Entry(std::weak_ptr<Agenda> at, Key moment) : agenda(std::move(at)), key(moment) {}
    ~Entry() override {
      const auto alive = agenda.lock();
      if (!alive) return;
      std::map<Key, Callback>::node_type canceled;
      const std::lock_guard lock(alive->mutex);
      canceled = alive->waiting.extract(key);
    }
    std::weak_ptr<Agenda> agenda;
    Key key;
  };

  FakeClock clock_;
  std::shared_ptr<Agenda> agenda_ = std::make_shared<Agenda>();
};

}  // namespace mc::fakes
