#pragma once
// The progress line of `flux submit --progress` on a terminal.
//
// Thread-safety: none.

#include <chrono>
#include <cstddef>

#include "flux/commands/job_waiter.hpp"

namespace mc::flux::commands {

class Progress {
 public:
  /// Shows nothing unless `wanted` and standard output is a terminal; says so if it is none.
  Progress(bool wanted, bool throughput);

  void show(const JobWaiter::Totals& totals, size_t expected);
  /// Ends the line.
  void finish();

 private:
  bool active_;
  bool throughput_;  ///< shows jobs per second
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace mc::flux::commands
