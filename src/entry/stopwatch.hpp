#pragma once
// How long something took, as `logging.timed` prints it.
//
// Thread-safety: values and pure functions.

#include <chrono>
#include <string>

#include "base/clock.hpp"

namespace mc::entry {

class Stopwatch {
 public:
  explicit Stopwatch(const base::Clock& clock) : clock_(clock), start_(clock.steady()) {}
  [[nodiscard]] std::chrono::steady_clock::duration elapsed() const {
    return clock_.steady() - start_;
  }

 private:
  const base::Clock& clock_;
  std::chrono::steady_clock::time_point start_;
};

/// "FLUXTIME fluxstart wall time 0:02.35\n", with hours only if there are any: the %E of time(1).
std::string fluxTime(const std::string& name, std::chrono::steady_clock::duration elapsed);

}  // namespace mc::entry
