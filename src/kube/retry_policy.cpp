#include "kube/retry_policy.hpp"

#include <algorithm>
#include <cmath>

#include "kube/backoff.hpp"

namespace mc::kube {

namespace {

constexpr std::string_view kApplyType = "application/apply-patch+yaml";

/// The server says that it has not even begun.
bool refusedUnbegun(const Error& error) {
  return error.is(Reason::TooManyRequests) || (error.code == 503 && error.retryAfter) ||
         (error.is(Reason::ServerTimeout) && error.retryAfter);
}

std::chrono::milliseconds growing(const RetryPolicy& policy, int tried) {
  const double wait = static_cast<double>(policy.first.count()) * std::exp2(tried - 1);
  const auto longest = static_cast<double>(policy.longest.count());
  return withJitter(std::chrono::milliseconds(std::llround(std::min(wait, longest))), 0.5);
}

}  // namespace

Repeatable repeatable(std::string_view method, std::string_view contentType) {
  const bool yes = method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
                   (method == "PATCH" && contentType == kApplyType);
  return yes ? Repeatable::Yes : Repeatable::No;
}

bool isTransient(const Error& error) {
  switch (error.reason) {
    case Reason::TooManyRequests:
    case Reason::Unavailable:
    case Reason::ServerTimeout:
    case Reason::Timeout:
    case Reason::Connection:
    case Reason::InternalError:
      return true;
    default:
      return false;
  }
}

std::optional<std::chrono::milliseconds> retryAfter(const RetryPolicy& policy, const Error& error,
                                                    Repeatable repeatable, int tried) {
  const bool asked = error.retryAfter.has_value();
  if (tried >= (asked ? policy.tries : policy.blindTries) || !isTransient(error)) return {};
  if (error.code == 429 && !asked) return {};  // an eviction's no: not for a moment only
  if (error.code == 500 && !asked) return {};  // a fault that the same request will meet again
  const bool neverBegun = refusedUnbegun(error) || (error.code == 0 && !error.maybeDone);
  if (!neverBegun && repeatable == Repeatable::No) return {};
  if (!asked) return growing(policy, tried);
  if (*error.retryAfter > policy.longestRetryAfter) return {};
  return std::max(withJitter(*error.retryAfter, 0.1), std::chrono::milliseconds(1));
}

}  // namespace mc::kube
