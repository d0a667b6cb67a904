#pragma once
// Flux Standard Duration: "30s", "1.5h", "infinity" (RFC 23).
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::formats {

/// Seconds; infinity for "infinity" and "inf". EINVAL for negative numbers, NaN and unknown
/// suffixes.
base::Result<double> parseDuration(std::string_view text);

/// "33.568s", "1.22m", "2h", "infinity": up to `digits` significant digits, as the C parts of Flux
/// print durations.
std::string formatDuration(double seconds, int digits = 6);

/// "0s", "1.465s", "34.12s", "1.217m": as `flux jobs` and the other Python parts print them.
std::string formatJobDuration(double seconds);

}  // namespace mc::flux::formats
