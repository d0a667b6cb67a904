#pragma once
// `flux queue list`: the queues with their defaults and limits.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "flux/commands/commands.hpp"
#include "flux/commands/row_format.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

int queueList(const Args& args);

/// One queue as the configuration describes it and job-manager reports it.
struct QueueRow {
  std::string name;            ///< empty: the anonymous queue
  bool isDefault = false;      ///< jobs that name no queue go there
  bool enabled = true;         ///< takes jobs
  bool started = true;         ///< starts jobs
  boost::json::object policy;  ///< the instance's policy with the queue's put over it
  int64_t nodes = 0;           ///< what the queue's resources have
  int64_t cores = 0;
  int64_t gpus = 0;

  /// EINVAL-free: unknown fields are empty. queueFieldTitle() knows which there are.
  [[nodiscard]] FieldValue value(const std::string& field) const;
};

/// The column title of a field: "EN" of "enabled". Empty for a field that does not exist.
std::string queueFieldTitle(const std::string& field);

}  // namespace mc::flux::commands
