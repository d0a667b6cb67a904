#pragma once
// Durations on the command line, in the notation that kubectl's options take (Go's time.Duration).
//
// Thread-safety: pure functions.

#include <chrono>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::cli {

/// "300ms", "1.5h", "2h45m", "-1s", "0"; units ns, us, ms, s, m, h. EINVAL says what is wrong.
base::Result<std::chrono::nanoseconds> parseGoDuration(std::string_view text);

/// "30s", "1m0s", "1h0m0s", "1.5s", "0s".
std::string formatGoDuration(std::chrono::nanoseconds duration);

}  // namespace mc::cli
