#pragma once
// What happens when the first task of a job has ended: the event shell.task-exit, and, if the
// others do not follow within the exit timeout (shell options exit-timeout, exit-on-error), an
// exception.
//
// Only the leader shell has one. Thread-safety: none.

#include <functional>
#include <string>

#include "flux/shell/event_sink.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

class Doom {
 public:
  /// `raise` raises a fatal exception of type "exec" with a note.
  Doom(base::Loop& loop, const Job& job, EventSink& sink,
       std::function<void(const std::string& note)> raise);

  /// Tells of any task of the job that has ended; `context` as taskExitContext() makes it.
  void onTaskExit(const boost::json::object& context);

 private:
  void startTimer(const boost::json::object& context);

  base::Loop& loop_;
  const Job& job_;
  EventSink& sink_;
  std::function<void(const std::string&)> raise_;
  uint32_t ended_ = 0;
  bool raised_ = false;
  base::Watch timer_;
};

/// The context of a shell.task-exit event.
boost::json::object taskExitContext(uint32_t localId, uint32_t rank, pid_t pid, int waitStatus);

}  // namespace mc::flux::shell
