#pragma once
// When a MiniCluster is done: when its lead is, or when the Job has given up.
//
// Thread-safety: pure functions.

#include <optional>
#include <string>

#include "operator/policies/observed.hpp"

namespace mc::controller {

struct Ending {
  bool succeeded = false;
  std::string reason;   ///< JobSucceeded, JobFailed, DeadlineExceeded
  std::string message;  ///< for people
  std::optional<int64_t> exitCode;
  std::string time;  ///< RFC 3339; empty: not known
};

/// Nothing while the cluster may still come to an end. A lead that has done its job is the end,
/// whether or not the Job knows already, and whoever else still runs; a failed one is only once the
/// Job says so, because a pod that was lost is made again. `name` is the MiniCluster's.
std::optional<Ending> ending(const Observed& observed, std::string_view name);

}  // namespace mc::controller
