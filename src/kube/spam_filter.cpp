#include "kube/spam_filter.hpp"

#include <algorithm>

namespace mc::kube {

namespace {

constexpr double kBurst = 25;
constexpr double kPerSecond = 1.0 / 300;
constexpr size_t kMostBuckets = 2048;

double refilled(double tokens, std::chrono::steady_clock::duration past) {
  return std::min(kBurst, tokens + std::chrono::duration<double>(past).count() * kPerSecond);
}

}  // namespace

bool SpamFilter::allows(const std::string& object, Moment now) {
  if (buckets_.size() >= kMostBuckets) forgetFull(now);
  Bucket& bucket = buckets_.try_emplace(object, Bucket{kBurst, now}).first->second;
  bucket.tokens = refilled(bucket.tokens, now - bucket.at);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/// A full bucket says what no bucket says; if none is full, all begin anew.
void SpamFilter::forgetFull(Moment now) {
  std::erase_if(buckets_, [now](const auto& entry) {
    return refilled(entry.second.tokens, now - entry.second.at) >= kBurst;
  });
  if (buckets_.size() >= kMostBuckets) buckets_.clear();
}

}  // namespace mc::kube
