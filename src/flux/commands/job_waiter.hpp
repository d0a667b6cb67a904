#pragma once
// Waiting for many jobs at once, with or without printing their output; what `flux submit --wait`
// and `--watch` do.
//
// Thread-safety: none.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flux/client/job_watch.hpp"
#include "flux/commands/job_output.hpp"

namespace mc::flux::commands {

class JobWaiter {
 public:
  struct Options {
    std::string program;              ///< before messages
    std::string waitEvent = "clean";  ///< "exec.NAME" means the exec eventlog
    bool output = false;
    bool labels = false;
    bool silent = false;  ///< says nothing of exceptions
  };
  struct Totals {
    size_t jobs = 0;
    size_t running = 0;
    size_t succeeded = 0;
    size_t failed = 0;
    [[nodiscard]] size_t done() const { return succeeded + failed; }
  };

  /// `changed` is called whenever a job has moved on. Outlives the running of the handle's loop.
  JobWaiter(client::Handle& handle, Options options, std::function<void()> changed);

  void add(formats::JobId id, JobOutput::Sinks sinks = {});

  [[nodiscard]] bool idle() const { return jobs_.empty(); }
  [[nodiscard]] const Totals& totals() const { return totals_; }
  /// The largest exit status of the jobs so far; 1 for a job that failed without one.
  [[nodiscard]] int exitStatus() const { return exitStatus_; }

 private:
  struct Job {
    Job(formats::JobId jobId, bool labels, JobOutput::Sinks sinks)
        : id(jobId), output(labels, sinks) {}
    formats::JobId id;
    double submitted = 0;
    bool started = false;
    bool failed = false;
    bool eventSeen = false;  ///< the event that is waited for
    bool done = false;
    std::unique_ptr<client::JobWatch> events;
    std::unique_ptr<client::JobWatch> execEvents;
    std::unique_ptr<client::JobWatch> outputEvents;
    JobOutput output;
  };

  void onEvent(Job& job, const formats::Event& event);
  void onExecEvent(Job& job, const formats::Event& event);
  void onException(Job& job, const formats::Event& event);
  void watchExec(Job& job);
  void watchOutput(Job& job);
  void checkDone(Job& job);

  client::Handle& handle_;
  Options options_;
  std::function<void()> changed_;
  std::map<formats::JobId, std::unique_ptr<Job>> jobs_;
  std::vector<std::unique_ptr<Job>> done_;
  Totals totals_;
  int exitStatus_ = 0;
};

}  // namespace mc::flux::commands
