#pragma once
// The event loop that single-threaded programs (entry, the Flux broker, shell and commands) run on.
//
// An interface, so that tests drive time and readiness by hand (tests/fakes/fake_loop.hpp).
// All callbacks run on the thread inside run(). A handle (Watch) stops its callbacks when it is
// destroyed, also from inside the callback itself.
//
// Thread-safety: none; one loop, one thread.

#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "base/status.hpp"

namespace mc::base {

/// Keeps a callback registered for as long as it lives.
class Registration {
 public:
  virtual ~Registration() = default;
};
using Watch = std::unique_ptr<Registration>;

class Loop {
 public:
  using Callback = std::function<void()>;
  virtual ~Loop() = default;

  /// Runs callbacks until stop() is called.
  virtual void run() = 0;
  virtual void stop() = 0;

  /// Runs `callback` after the current one has returned.
  virtual void post(Callback callback) = 0;

  /// Runs `callback` once, `delay` from now.
  [[nodiscard]] virtual Watch after(std::chrono::nanoseconds delay, Callback callback) = 0;

  /// Runs `callback` each time that `fd` can be read (or written) without blocking. Level-triggered:
  /// it is called again as long as that stays true. The caller keeps `fd` open longer than the Watch.
  [[nodiscard]] virtual Watch readable(int fd, Callback callback) = 0;
  [[nodiscard]] virtual Watch writable(int fd, Callback callback) = 0;

  /// Runs `callback` with the wait status (see wait(2)) once the child `pid` has ended, and reaps it.
  [[nodiscard]] virtual Watch child(pid_t pid, std::function<void(int waitStatus)> callback) = 0;

  /// Runs `callback` for each delivery of `signal`, instead of its default action.
  [[nodiscard]] virtual Watch signal(int signal, Callback callback) = 0;

  [[nodiscard]] virtual const Clock& clock() const = 0;
};

/// A Loop on epoll(7).
std::unique_ptr<Loop> makeLoop();

}  // namespace mc::base
