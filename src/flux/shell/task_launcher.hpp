#pragma once
// Starting a shell's tasks as the job wants them: with their words and environment, limits, CPUs,
// PMI connection, and on pipes, a file or a terminal.
//
// Thread-safety: none.

#include "base/process.hpp"
#include "flux/shell/affinity.hpp"
#include "flux/shell/event_sink.hpp"
#include "flux/shell/job.hpp"
#include "flux/shell/pmi_server.hpp"
#include "flux/shell/pmix_server.hpp"
#include "flux/shell/pty_options.hpp"
#include "flux/shell/task.hpp"
#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {

class TaskLauncher {
 public:
  /// The shell options that starting tasks goes by.
  struct Options {
    PtyOptions pty;
    CpuAffinity affinity;

    static base::Result<Options> of(const Job& job);
  };

  /// `environment`: what the tasks share. `pmi` and `pmix` may be null. All references outlive
  /// this.
  TaskLauncher(base::Loop& loop, base::ProcessRunner& runner, const Job& job, EventSink& sink,
               Options options, Environment environment, PmiServer* pmi, PmixServer* pmix);

  /// Starts the task number `localId` of this node. `mayWait`: a terminal that is meant for a user
  /// may wait for one.
  base::Status start(Task& task, uint32_t localId, bool mayWait);

  /// The file that is a task's standard input; none where input comes from the service.
  [[nodiscard]] base::Result<base::Fd> openInput(uint32_t rank, uint32_t localId) const;

 private:
  base::Status startProcess(Task& task, uint32_t localId, base::Command command, bool mayWait);
  void adjustOom(pid_t pid) const;

  base::Loop& loop_;
  base::ProcessRunner& runner_;
  const Job& job_;
  EventSink& sink_;
  Options options_;
  Environment environment_;
  PmiServer* pmi_;
  PmixServer* pmix_;
};

}  // namespace mc::flux::shell
