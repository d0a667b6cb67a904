#pragma once
// The signal that a job gets some time before its time limit (shell option signal, --signal).
//
// Only the leader shell has one. Thread-safety: none.

#include "flux/client/handle.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

class WarningSignal {
 public:
  /// Starts the timer if the job wants a signal and has a time limit.
  WarningSignal(client::Handle& handle, const Job& job);

 private:
  void send(int number);

  client::Handle& handle_;
  const Job& job_;
  base::Watch timer_;
  client::Watch rpc_;
};

}  // namespace mc::flux::shell
