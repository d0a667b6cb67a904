#pragma once
// A Progress that may be told by several threads at once, and counts for them.
//
// Thread-safety: any thread.

#include <mutex>
#include <string_view>

#include "local/vocabulary.hpp"

namespace mc::local {

class SerialProgress {
 public:
  explicit SerialProgress(Progress& progress) : progress_(progress) {}

  void pull(const PullProgress& state) {
    const std::lock_guard lock(mutex_);
    progress_.pull(state);
  }

  void note(std::string_view text) {
    const std::lock_guard lock(mutex_);
    progress_.note(text);
  }

  /// Begins an activity of `total` steps.
  void begin(std::string_view activity, int total) {
    const std::lock_guard lock(mutex_);
    activity_ = activity;
    total_ = total;
    done_ = 0;
    if (total > 0) progress_.step(activity_, done_, total_);
  }

  /// One step of it is done.
  void advance() {
    const std::lock_guard lock(mutex_);
    progress_.step(activity_, ++done_, total_);
  }

 private:
  std::mutex mutex_;
  Progress& progress_;
  std::string_view activity_;  ///< a literal
  int done_ = 0;
  int total_ = 0;
};

}  // namespace mc::local
