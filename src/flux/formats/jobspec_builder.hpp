#pragma once
// Jobspecs from what users ask for on a command line (RFC 25).
//
// Thread-safety: pure functions.

#include <optional>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

/// The size of a job in the words of `flux submit`. Per-task and per-resource options exclude each
/// other.
struct JobSize {
  std::optional<int64_t> nodes;
  bool exclusive = false;
  // per task
  std::optional<int64_t> tasks;
  std::optional<int64_t> coresPerTask;
  std::optional<int64_t> gpusPerTask;
  // per resource
  std::optional<int64_t> cores;
  std::optional<int64_t> tasksPerNode;
  std::optional<int64_t> tasksPerCore;
  std::optional<int64_t> gpusPerNode;
};

/// resources, tasks, attributes.system.duration = 0 and version, in flux-core's order of keys.
/// EINVAL with Flux's words for sizes that make no sense ("node count must not be greater than task
/// count").
base::Result<json::object> buildJobspec(const JobSize& size,
                                        const std::vector<std::string>& command);

}  // namespace mc::flux::formats
