#pragma once
// How long to wait before the next try: twice as long each time, spread by chance so that many
// clients that failed together don't come back together.
//
// Thread-safety: one thread at a time.

#include <chrono>

namespace mc::kube {

struct BackoffOptions {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds longest{30000};
  double factor = 2;
  double jitter = 1;  ///< each wait is up to this share longer
};

class Backoff {
 public:
  explicit Backoff(BackoffOptions options);
  /// The next wait.
  std::chrono::milliseconds next();
  /// After a success.
  void reset();

 private:
  BackoffOptions options_;
  std::chrono::duration<double, std::milli> current_;
};

/// `value` made up to `share` longer by chance.
std::chrono::milliseconds withJitter(std::chrono::milliseconds value, double share);

}  // namespace mc::kube
