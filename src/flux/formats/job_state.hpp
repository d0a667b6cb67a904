#pragma once
// Job states and results (RFC 21) with the bits and names that Flux uses on the wire and on screen.
// Several combine to a mask.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string_view>

namespace mc::flux::formats {

inline constexpr int64_t kStateNew = 1;
inline constexpr int64_t kStateDepend = 2;
inline constexpr int64_t kStatePriority = 4;
inline constexpr int64_t kStateSched = 8;
inline constexpr int64_t kStateRun = 16;
inline constexpr int64_t kStateCleanup = 32;
inline constexpr int64_t kStateInactive = 64;
inline constexpr int64_t kStatesPending = kStateDepend | kStatePriority | kStateSched;
inline constexpr int64_t kStatesRunning = kStateRun | kStateCleanup;
inline constexpr int64_t kStatesActive = kStatesPending | kStatesRunning;

inline constexpr int64_t kResultCompleted = 1;
inline constexpr int64_t kResultFailed = 2;
inline constexpr int64_t kResultCanceled = 4;
inline constexpr int64_t kResultTimeout = 8;

/// "SCHED" and "S" of a state; empty for other numbers.
std::string_view stateName(int64_t state);
std::string_view stateLetter(int64_t state);
/// "COMPLETED" and "CD" of a result; empty for other numbers.
std::string_view resultName(int64_t result);
std::string_view resultAbbreviation(int64_t result);

/// The mask that a word of a command line or request stands for, in any case: a state, "pending",
/// "running" or "active"; a result. 0 for other words.
int64_t statesOf(std::string_view word);
int64_t resultsOf(std::string_view word);

}  // namespace mc::flux::formats
