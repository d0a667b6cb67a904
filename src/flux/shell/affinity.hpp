#pragma once
// Binding a shell's tasks to the CPUs of the cores that the job has on this node, and showing them
// its GPUs.
//
// Thread-safety: none.

#include <functional>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/shell/binding.hpp"
#include "flux/shell/job.hpp"
#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {

class CpuAffinity {
 public:
  /// Reads the shell option. Where R does not describe this machine (instances that are made up
  /// for tests), nothing is bound.
  static base::Result<CpuAffinity> of(const Job& job);

  /// Binds this process, and with it the task that it starts next; `note` gets what the user asked
  /// to be told.
  void bind(uint32_t localId, const std::function<void(const std::string&)>& note) const;

 private:
  [[nodiscard]] formats::Idset cpusOf(uint32_t localId) const;

  Binding binding_;
  uint32_t tasks_ = 0;
  formats::Idset cores_;              ///< of the job on this node
  std::vector<formats::Idset> cpus_;  ///< of each core; empty: nothing is bound to cores
};

/// Sets CUDA_VISIBLE_DEVICES for a task as the shell option gpu-affinity wants it; a job without
/// GPUs sees none. EINVAL for a bad option.
base::Status setGpuEnvironment(Environment& environment, const Job& job, uint32_t localId);

}  // namespace mc::flux::shell
