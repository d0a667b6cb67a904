#pragma once
// Time as an interface, so that tests turn the hands themselves.
//
// Thread-safety: implementations may be called from any thread.

#include <chrono>

namespace mc::base {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since the Unix epoch, with fraction; the unit of Flux eventlogs (RFC 18).
  [[nodiscard]] virtual double wall() const = 0;
  /// Never goes back; for durations and deadlines.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] double wall() const override {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace mc::base
