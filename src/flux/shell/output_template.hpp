#pragma once
// Texts with mustache tags, as --output and --error and the words of a job's command have them:
// "out.{{id}}.txt".
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "flux/shell/job.hpp"

namespace mc::flux::shell {

/// A task as its tags name it.
struct TaskPlace {
  uint32_t rank;
  uint32_t localId;
};

/// Tags: {{id}}, {{jobid}} (F58; {{id.dec}} and the other forms), {{name}}, {{size}}, {{ntasks}},
/// {{nnodes}}, {{tmpdir}}, {{node.id}}, {{node.name}}, {{node.broker_rank}}, {{node.cores}},
/// {{node.ncores}}, {{node.gpus}}; with a `task` also {{taskid}}, {{task.id}}, {{task.rank}},
/// {{task.index}}, {{task.localid}}. Other tags stay as they are.
std::string expandTemplate(std::string_view text, const Job& job, const std::string& tmpdir,
                           const TaskPlace* task = nullptr);

}  // namespace mc::flux::shell
