#pragma once
// Gives the pages of the program's code back (base/memory.hpp) once it has been quiet for a moment.
//
// The first times it is done at once, with what starting up has needed. Later each page would have
// to be mapped again for the next job, while somebody waits for that.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <chrono>

#include "base/loop.hpp"
#include "base/memory.hpp"

namespace mc::flux::services {

class QuietRelease {
 public:
  static constexpr std::chrono::milliseconds kQuiet{100};
  /// So many times in all now() does it at once.
  static constexpr int kAtOnce = 3;

  /// `loop` outlives it.
  explicit QuietRelease(base::Loop& loop) : loop_(loop) {}
  QuietRelease(const QuietRelease&) = delete;
  QuietRelease& operator=(const QuietRelease&) = delete;

  /// What has been done so far is not done again for long, unless there is much to do.
  void now() {
    if (done_ >= kAtOnce) return later();
    ++done_;
    base::releaseCode();
  }

  /// Does it once this has not been called for kQuiet.
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
  int done_ = 0;  // at once
  std::chrono::steady_clock::time_point last_;
  base::Watch timer_;
};

}  // namespace mc::flux::services
