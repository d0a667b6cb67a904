#pragma once
// Gives the pages of the program's code back (base/memory.hpp) between the steps of a job, and once
// it has been quiet for a moment.
//
// Under load hardly anything is given back: each page would have to be mapped again for the next
// job.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <chrono>

#include "base/loop.hpp"
#include "base/memory.hpp"

namespace mc::flux::services {

class QuietRelease {
 public:
  static constexpr std::chrono::milliseconds kQuiet{100};
  /// So many times in kQuiet now() does it at once.
  static constexpr int kAtOnce = 3;

  /// `loop` outlives it.
  explicit QuietRelease(base::Loop& loop) : loop_(loop) {}
  QuietRelease(const QuietRelease&) = delete;
  QuietRelease& operator=(const QuietRelease&) = delete;

  /// What has been done so far is not done again for long, unless there is much to do.
  void now() {
    const auto time = loop_.clock().steady();
    if (time - window_ >= kQuiet) {
      window_ = time;
      done_ = 0;
    }
    if (done_ >= kAtOnce) return later();
    ++done_;
    base::releaseCode();
  }

  /// The same once this has not been called for kQuiet.
  void later() {
    last_ = loop_.clock().steady();
    if (!timer_) wait(kQuiet);
  }

 private:
  void wait(std::chrono::nanoseconds delay) {
    timer_ = loop_.after(delay, [this] { onTimer(); });
  }
  void onTimer() {
    timer_.reset();
    const std::chrono::nanoseconds quiet = loop_.clock().steady() - last_;
    if (quiet < kQuiet) return wait(kQuiet - quiet);
    base::releaseCode();
  }

  base::Loop& loop_;
  std::chrono::steady_clock::time_point window_;  // when it began
  int done_ = 0;                                  // in this window
  std::chrono::steady_clock::time_point last_;
  base::Watch timer_;
};

}  // namespace mc::flux::services
