#pragma once
// Keeps a broker small that has nothing to do: what it needed of its program for its last messages
// is given back to the kernel when no more have come for a while.
//
// No timer runs while all is quiet.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>

#include "base/loop.hpp"

namespace mc::flux::broker {

class Quiet {
 public:
  /// `release` is called once after each spell of activity.
  Quiet(base::Loop& loop, std::function<void()> release)
      : loop_(loop), release_(std::move(release)) {}
  /// Something has happened.
  void stir() {
    stirred_ = true;
    if (!timer_) wait();
  }

 private:
  void wait();

  base::Loop& loop_;
  std::function<void()> release_;
  bool stirred_ = false;  ///< since the timer runs
  base::Watch timer_;
};

}  // namespace mc::flux::broker
