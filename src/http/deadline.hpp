#pragma once
// Until when an operation may take.
//
// Thread-safety: values and pure functions.

#include <chrono>
#include <optional>

namespace mc::http {

/// Absent: for ever.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Now plus `time`; 0 means no limit.
Deadline deadlineIn(std::chrono::milliseconds time);

/// What is left, for poll(2): -1 for ever, 0 when the deadline has passed.
int pollTimeout(const Deadline& deadline);

/// The earlier of two.
Deadline earlier(const Deadline& one, const Deadline& other);

}  // namespace mc::http
