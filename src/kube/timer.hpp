#pragma once
// Time and waiting behind an interface, so that tests turn the clock by hand and nothing sleeps.
//
// Thread-safety: everything may be called from any thread.

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "base/clock.hpp"
#include "base/loop.hpp"

namespace mc::kube {

class Timer {
 public:
  using Callback = std::function<void()>;
  virtual ~Timer() = default;

  [[nodiscard]] virtual const base::Clock& clock() const = 0;

  /// Calls back once, `delay` from now, on the timer's own thread: callbacks must be short.
  /// Destroying the handle cancels, but does not wait for a callback that is just running: it must
  /// own what it uses (shared_ptr, weak_ptr). The handle may outlive the timer.
  [[nodiscard]] virtual base::Watch after(std::chrono::nanoseconds delay, Callback callback) = 0;

  /// Waits; false if `stop` ended it early.
  bool sleep(std::chrono::nanoseconds delay, const std::stop_token& stop);
};

/// One thread for all, which ends with the timer.
class SystemTimer final : public Timer {
 public:
  SystemTimer();
  ~SystemTimer() override;
  [[nodiscard]] const base::Clock& clock() const override { return clock_; }
  [[nodiscard]] base::Watch after(std::chrono::nanoseconds delay, Callback callback) override;

 private:
  struct Agenda;
  class Entry;
  base::SystemClock clock_;
  std::shared_ptr<Agenda> agenda_;
  std::jthread thread_;
};

}  // namespace mc::kube
