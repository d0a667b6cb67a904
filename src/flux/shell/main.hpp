#pragma once
// `flux shell JOBID`: what the execution service starts on each node of a job.

#include <string>
#include <vector>

namespace mc::flux::shell {

/// `args`: the job id in any form. Returns the process's exit status.
int shellMain(const std::vector<std::string>& args);

}  // namespace mc::flux::shell
