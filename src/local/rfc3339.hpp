#pragma once
// Times as the Docker Engine writes them (RFC 3339, nanoseconds) and as we write them into labels.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

namespace mc::local {

/// Unix time with fraction; 0 for Go's zero time (year 1) and for what is no time.
double parseTime(std::string_view text);

/// "2026-11-23T05:54:32.250000Z".
std::string formatTime(double wall);

}  // namespace mc::local
