#pragma once
// Times and sizes as kubectl prints them.
//
// Source of the forms: Kubernetes' HumanDuration (AGE columns), RFC 1123 dates (describe) and
// RFC 3339 timestamps (yaml, json).
// Times are seconds since the Unix epoch, 0 is "not known".
// Thread-safety: pure functions.

#include <chrono>
#include <cstdint>
#include <string>

namespace mc::cli {

/// "5s", "3m20s", "4h", "2d3h", "400d"; "<invalid>" for a time well in the future.
std::string humanDuration(std::chrono::nanoseconds duration);

/// The AGE of something made at `since`; "<unknown>" if that is not known.
std::string age(double since, double now);

/// "17 B", "1.5 kB", "26.3 MB": decimal units as docker prints transfers.
std::string humanBytes(uint64_t bytes);

/// "Sat, 18 Mar 2023 05:01:31 +0000"
std::string rfc1123(double time);

/// "2023-03-18T05:01:31Z"
std::string rfc3339(double time);

}  // namespace mc::cli
