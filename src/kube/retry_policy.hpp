#pragma once
// The one place that decides which failed requests are sent again, and when.
//
// Safe to repeat: anything the server says it has not begun (429, 503 and ServerTimeout with
// Retry-After), and requests that change nothing or come to the same when done twice (GET, PUT with
// resourceVersion, DELETE, apply) whose connection broke. A create is repeated only if it can't
// have arrived. Everything else is the caller's.
//
// Thread-safety: values and pure functions.

#include <chrono>
#include <optional>
#include <string_view>

#include "kube/error.hpp"

namespace mc::kube {

struct RetryPolicy {
  int tries = 10;      ///< of requests that the server asks to repeat (Retry-After)
  int blindTries = 3;  ///< of others: who wants more patience has a backoff of its own
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds longest{10'000};
  /// A server that asks for more patience than this gets its error passed on.
  std::chrono::milliseconds longestRetryAfter{60'000};
};

/// Whether doing it twice comes to the same as doing it once.
enum class Repeatable { Yes, No };

/// Of an HTTP method; a PATCH counts as repeatable only as apply (`contentType`).
Repeatable repeatable(std::string_view method, std::string_view contentType);

/// Whether an error is of a kind that goes away by itself.
bool isTransient(const Error& error);

/// How long to wait before try number `tried + 1`; nothing: don't. `tried` counts from 1. Jitter is
/// included.
std::optional<std::chrono::milliseconds> retryAfter(const RetryPolicy& policy, const Error& error,
                                                    Repeatable repeatable, int tried);

}  // namespace mc::kube
