#pragma once
// Jobs that are Flux instances of their own: what `flux alloc` and `flux batch` have in common. The
// job's tasks are brokers, one per node, whose initial program is what the user wants to run.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "flux/commands/job_options.hpp"

namespace mc::flux::commands {

/// The options of such jobs, which are sized in slots, and `own`. Without `streams` those of
/// standard input and output are left out.
std::vector<Option> nestedJobOptions(std::span<const Option> own, bool streams);

/// Checks what argparse would; prints the complaint and gives the exit status.
std::optional<int> checkNestedNumbers(const Grammar& grammar, const Parsed& parsed);

struct NestedJob {
  Args program;                           ///< the initial program; empty: an interactive shell
  Args brokerOptions;                     ///< beside those that the user gives
  std::vector<std::string> shellOptions;  ///< NAME=VALUE, which the user's may change
  std::string name;                       ///< where the user gives none; empty: that of the command
  std::string output;                     ///< likewise
  std::string script;                     ///< a file "script" for the job, executable; empty: none
};

/// The job; EINVAL with Flux's words for sizes that make no sense.
base::Result<JobRequest> makeNestedJob(const Parsed& parsed, const NestedJob& job);

/// Prints the jobspec (--dry-run); returns the exit status.
int showJobspec(const JobRequest& request);

}  // namespace mc::flux::commands
