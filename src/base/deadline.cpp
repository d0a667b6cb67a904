#include "base/deadline.hpp"

namespace mc::base {

Deadline::Deadline(std::optional<std::chrono::milliseconds> timeout, const std::stop_token& stop)
    : token_(source_.get_token()), pass_(stop, Pass{source_}) {
  if (!timeout) return;
  timer_ =
      std::jthread([this, wait = *timeout](const std::stop_token& over) { waitFor(wait, over); });
}

void Deadline::waitFor(std::chrono::milliseconds timeout, const std::stop_token& over) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, over, timeout, [] { return false; });
  if (over.stop_requested()) return;
  expired_ = true;
  source_.request_stop();
}

}  // namespace mc::base
