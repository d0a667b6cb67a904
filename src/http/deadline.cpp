#include "http/deadline.hpp"

#include <algorithm>
#include <limits>

namespace mc::http {

using Clock = std::chrono::steady_clock;

Deadline deadlineIn(std::chrono::milliseconds time) {
  if (time.count() <= 0) return std::nullopt;
  return Clock::now() + time;
}

int pollTimeout(const Deadline& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

Deadline earlier(const Deadline& one, const Deadline& other) {
  if (!one) return other;
  return other ? std::min(*one, *other) : *one;
}

}  // namespace mc::http
