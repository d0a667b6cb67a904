#pragma once
// Job states and results (RFC 21) with the names and bits that Flux uses on the wire and on screen.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

namespace mc::flux::commands {

enum JobState : int64_t {
  kStateNew = 1,
  kStateDepend = 2,
  kStatePriority = 4,
  kStateSched = 8,
  kStateRun = 16,
  kStateCleanup = 32,
  kStateInactive = 64,
  kStatesPending = kStateDepend | kStatePriority | kStateSched,
  kStatesRunning = kStateRun | kStateCleanup,
  kStatesActive = kStatesPending | kStatesRunning,
};

enum JobResult : int64_t {
  kResultCompleted = 1,
  kResultFailed = 2,
  kResultCanceled = 4,
  kResultTimeout = 8,
};

/// "SCHED" and "S" of a state; empty for other numbers.
std::string_view stateName(int64_t state);
std::string_view stateLetter(int64_t state);
/// "COMPLETED" and "CD" of a result; empty for other numbers.
std::string_view resultName(int64_t result);
std::string_view resultAbbreviation(int64_t result);

/// What a word of `flux jobs --filter` selects.
struct JobFilter {
  int64_t states = 0;
  int64_t results = 0;
};
/// "pending", "running", "active", "inactive", a state or a result; nothing for other words.
std::optional<JobFilter> findJobFilter(std::string_view word);

}  // namespace mc::flux::commands
