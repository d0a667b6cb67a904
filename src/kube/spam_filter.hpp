#pragma once
// How many different events one object may have: 25 at once, then one per 5 minutes (the numbers of
// client-go's EventSourceObjectSpamFilter). Internal to events.hpp.
//
// Thread-safety: one thread at a time.

#include <chrono>
#include <string>
#include <unordered_map>

namespace mc::kube {

class SpamFilter {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  /// Whether one more of `object` may go out now; counts it.
  bool allows(const std::string& object, Moment now);

 private:
  struct Bucket {
    double tokens = 0;
    Moment at;
  };
  void forgetFull(Moment now);
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace mc::kube
