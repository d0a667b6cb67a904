#pragma once
// What the job manager needs from others, and what they tell it: the seams to the scheduler and to
// job execution, after RFC 27 and RFC 32.
//
// All live on rank 0 in one process, so these are calls, not messages.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <string>

#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::manager {

/// A request for resources. The references are the job's and hold for the call only.
struct AllocRequest {
  JobId id = 0;
  int64_t priority = 0;
  double duration = 0;  ///< seconds; 0: no limit
  formats::JobShape shape;
  const boost::json::object& constraints;
};

/// Gives resources to jobs (services/sched). Answers come through AllocEvents, never from inside a
/// call.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual void request(const AllocRequest& request) = 0;
  /// Forgets a request that is not answered yet.
  virtual void cancel(JobId id) = 0;
  virtual void reprioritize(JobId id, int64_t priority) = 0;
  /// Takes back what a job had.
  virtual void release(JobId id, const formats::ResourceSet& resources) = 0;
  /// When the resources of a job will be free at the latest, from now on; 0: nobody knows.
  virtual void setExpiration(JobId id, double expiration) = 0;
};

class AllocEvents {
 public:
  virtual ~AllocEvents() = default;
  virtual void onAlloc(JobId id, formats::ResourceSet resources) = 0;
  /// The request can never be met.
  virtual void onDeny(JobId id, const std::string& note) = 0;
};

/// Runs jobs (services/job-exec). What happens comes through ExecEvents, never from inside a call;
/// the last is always onRelease(final).
class Executor {
 public:
  virtual ~Executor() = default;
  /// Starts an allocated job. `job.active` holds until the final release.
  virtual void start(const Job& job) = 0;
  /// Ends the job: sends `signal`, and SIGKILL to what is left after the kill timeout.
  virtual void cancel(JobId id, int signal) = 0;
  /// When the job's time is over, from now on, in seconds since the epoch; 0: never.
  virtual void setExpiration(JobId id, double expiration) = 0;
  /// Sends a signal to the job's tasks.
  virtual void kill(JobId id, int signal) = 0;
};

class ExecEvents {
 public:
  virtual ~ExecEvents() = default;
  virtual void onStart(JobId id) = 0;
  virtual void onException(JobId id, Exception exception) = 0;
  /// All shells have ended; the largest of their wait statuses.
  virtual void onFinish(JobId id, int status) = 0;
  /// Resources of these ranks ("all" or an idset) are not used any more.
  virtual void onRelease(JobId id, const std::string& ranks, bool final) = 0;
};

}  // namespace mc::flux::services::manager
