#pragma once
// A stop token that is tripped by another one or by time, whichever comes first.
//
// Thread-safety: token() and expired() from any thread.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace mc::base {

class Deadline {
 public:
  /// `timeout` absent: no end by time.
  Deadline(std::optional<std::chrono::milliseconds> timeout, const std::stop_token& stop);

  [[nodiscard]] const std::stop_token& token() const { return token_; }
  /// Whether it was time that ended it.
  [[nodiscard]] bool expired() const { return expired_; }

 private:
  void waitFor(std::chrono::milliseconds timeout, const std::stop_token& over);

  struct Pass {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };

  std::stop_source source_;
  std::stop_token token_;
  std::stop_callback<Pass> pass_;
  std::atomic<bool> expired_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread timer_;  ///< last, so that it ends first
};

}  // namespace mc::base
