#include "kube/backoff.hpp"

#include <algorithm>
#include <random>

namespace mc::kube {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// Between 0 and `share`.
double chance(double share) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, share)(random);
}

}  // namespace

Backoff::Backoff(BackoffOptions options) : options_(options), current_(options.first) {}

std::chrono::milliseconds Backoff::next() {
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(current_);
  current_ = std::min(current_ * options_.factor, Milliseconds(options_.longest));
  return withJitter(wait, options_.jitter);
}

void Backoff::reset() {
  current_ = options_.first;
}

std::chrono::milliseconds withJitter(std::chrono::milliseconds value, double share) {
  if (share <= 0) return value;
  const Milliseconds spread = Milliseconds(value) * (1 + chance(share));
  return std::chrono::duration_cast<std::chrono::milliseconds>(spread);
}

}  // namespace mc::kube
