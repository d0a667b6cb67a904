#pragma once
// What a running instance tells of itself for the fields "instance.*" of `flux pstree` and
// `flux jobs`: how many jobs it has had, and how much of its resources they use.
//
// Thread-safety: none.

#include <optional>
#include <string>

#include "flux/commands/row_format.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::commands {

/// How many jobs an instance, or one of its queues, has in each state.
struct JobCounts {
  int64_t pending = 0;
  int64_t running = 0;
  int64_t successful = 0;
  int64_t failed = 0;  ///< also canceled ones and those that ran out of time
  [[nodiscard]] int64_t total() const { return pending + running + successful + failed; }

  /// From the answer of job-list.job-stats, or an entry of its "queues".
  static JobCounts of(const boost::json::object& stats);
};

struct ResourceState {
  formats::ResourceSet all;
  formats::ResourceSet down;
  formats::ResourceSet allocated;

  /// Asks the instance (resource.sched-status).
  static base::Result<ResourceState> of(Session& session);
};

class InstanceFields {
 public:
  /// Of a job that is no instance: all fields are empty.
  InstanceFields() = default;
  /// Asks the instance; what it does not tell stays empty.
  static InstanceFields of(Session& session);

  /// `field` without "instance.": "stats.total", "resources.all.ncores", "utilization" ...
  [[nodiscard]] FieldValue value(const std::string& field) const;

 private:
  [[nodiscard]] FieldValue jobsField(const std::string& field) const;
  [[nodiscard]] FieldValue resourcesField(const std::string& field) const;

  std::optional<JobCounts> jobs_;
  std::optional<ResourceState> resources_;
};

/// The column title of a field "instance.*"; nothing for one that does not exist.
std::optional<std::string> instanceFieldTitle(const std::string& field);

}  // namespace mc::flux::commands
