#pragma once
// Reads what a Flux container has written down (entry/journal.hpp).
//
// The text comes out of a container, in which anybody may have written it: what makes no sense is
// left out. Thread-safety: plain values and pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mc::timeline {

struct Moment {
  double time = 0;
  std::string name;
  std::string detail;
};

/// A job; a time of 0 has not come yet.
struct JobTimes {
  std::string id;
  std::string name;
  std::string status;  ///< as flux jobs abbreviates it: "CD", "F", "R" ...
  std::string ranks;   ///< idset of the brokers (RFC 22); "-": none
  int tasks = 0;
  double submit = 0;
  double depend = 0;
  double run = 0;
  double cleanup = 0;
  double inactive = 0;
};

struct MoreJobs {
  int count = 0;
  double first = 0;
  double last = 0;
};

/// One run of the container.
struct JournalRun {
  double begin = 0;
  std::vector<Moment> phases;  ///< in the order of time, as `states`
  std::vector<Moment> states;
  std::vector<JobTimes> jobs;  ///< in the order in which they were submitted
  std::vector<MoreJobs> more;
  std::string error;
  std::optional<double> end;
  int status = 0;
};

std::vector<JournalRun> readJournal(std::string_view text);

}  // namespace mc::timeline
