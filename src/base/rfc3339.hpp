#pragma once
// Times as the Docker Engine and Kubernetes write them, and as we do (RFC 3339).
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

namespace mc::base {

/// Unix time with fraction; 0 for Go's zero time (year 1) and for what is no time.
double parseTime(std::string_view text);

/// "2026-11-23T05:54:32.250000Z".
std::string formatTime(double wall);

}  // namespace mc::base
