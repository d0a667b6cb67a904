#pragma once
// How the processes of one job are run: by job shells, or only simulated.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <cstdint>
#include <string>

#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::exec {

/// What an execution tells, never from inside a call to it. onDone() is the last.
class ExecutionEvents {
 public:
  virtual ~ExecutionEvents() = default;
  /// All shells run.
  virtual void onStarted() = 0;
  /// The shell on a rank has ended with this wait status.
  virtual void onShellExit(uint32_t rank, int status) = 0;
  virtual void onException(const manager::Exception& exception) = 0;
  /// Nothing of the job runs any more; the largest wait status.
  virtual void onDone(int status) = 0;
};

class Execution {
 public:
  virtual ~Execution() = default;
  virtual void start() = 0;
  /// Sends a signal to what runs, or to what is just being started as soon as it does.
  virtual void signal(int signal) = 0;
  /// Ranks where something still runs.
  [[nodiscard]] virtual formats::Idset activeRanks() const = 0;
};

}  // namespace mc::flux::services::exec
