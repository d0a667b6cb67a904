#pragma once
// The job manager: leads each job through the states of RFC 21 and writes its eventlog.
//
// An event is applied to the job (job_event.hpp), appended to the eventlog, told to listeners, and
// then the job is advanced: what its new state asks for is started. All is event-driven; a job
// costs nothing while nothing happens to it.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/signal.hpp"
#include "flux/broker/service.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/job-manager/job_table.hpp"
#include "flux/services/job-manager/jobspec_text.hpp"
#include "flux/services/job-manager/ports.hpp"
#include "flux/services/job-manager/queues.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::manager {

/// A job as job-ingest has accepted it.
struct Submission {
  JobId id = 0;
  uint32_t userid = 0;
  int urgency = kUrgencyDefault;
  uint32_t flags = 0;
  std::string signedJobspec;                ///< J
  std::string jobspecText;                  ///< as J holds it, unless completed
  bool completed = false;                   ///< by the configuration's defaults
  std::optional<formats::Jobspec> jobspec;  ///< always there; made in place, in its own storage
};

/// The job of a submission, before its first event.
std::unique_ptr<Job> makeJob(const Submission& submission);
/// Notes what was allocated to a job.
void setResources(Job& job, const formats::ResourceSet& resources);

class Manager final : public AllocEvents, public ExecEvents {
 public:
  /// `host` and `store` outlive the manager.
  Manager(broker::Host& host, kvs::Store& store);
  /// Before the first submission.
  void connect(Scheduler& scheduler, Executor& executor);

  [[nodiscard]] JobTable& table() { return table_; }
  [[nodiscard]] const JobTable& table() const { return table_; }
  [[nodiscard]] Queues& queues() { return queues_; }
  [[nodiscard]] broker::Host& host() { return host_; }
  [[nodiscard]] kvs::Store& store() { return store_; }

  /// Takes over the jobs that the KVS holds from an earlier life of the instance (restart.cpp);
  /// before the first submission. Listeners get the event "restore" for each that is active.
  void restart();
  /// Takes a job over; it is on its way once the caller has returned to the loop.
  void submit(Submission submission);

  // On an active job.
  void raise(Job& job, const Exception& exception);
  void kill(const Job& job, int signal) { executor_->kill(job.id, signal); }
  void setUrgency(Job& job, int urgency, uint32_t userid);
  void memo(Job& job, const boost::json::object& changes) { post(job, "memo", changes); }
  /// From now on only the instance owner may update the job.
  void setImmutable(Job& job);
  /// `updates`: new values by their paths in the jobspec.
  void updateJobspec(Job& job, const boost::json::object& updates);
  /// Of a job that has resources; seconds since the epoch, 0: none.
  void updateExpiration(Job& job, double expiration);
  void addDependency(Job& job, const std::string& description);
  void removeDependency(Job& job, const std::string& description);

  /// Removes an inactive job and its data.
  void purge(Job& job);
  /// To be called after a queue was started or stopped.
  void queuesChanged();

  /// After an event was applied and logged. Listeners must not purge jobs.
  [[nodiscard]] base::Watch onEvent(std::function<void(Job&, std::string_view)> callback) {
    return events_.connect(std::move(callback));
  }

  void onAlloc(JobId id, formats::ResourceSet resources) override;
  void onDeny(JobId id, const std::string& note) override;
  void onStart(JobId id) override;
  void onException(JobId id, Exception exception) override;
  void onFinish(JobId id, int status) override;
  void onRelease(JobId id, const std::string& ranks, bool final) override;

 private:
  void post(Job& job, std::string_view name, const boost::json::object& context = {});
  void advance(Job& job);
  bool step(Job& job);
  bool stepCleanup(Job& job);
  void requestResources(Job& job);
  void cancelRequest(Job& job);
  void advanceAllFresh();
  void endLost(Job& job, bool release, bool free);
  Job* activeJob(JobId id) const;

  broker::Host& host_;
  kvs::Store& store_;
  Scheduler* scheduler_ = nullptr;
  Executor* executor_ = nullptr;
  JobTable table_;
  JobspecKeeper jobspecs_;
  Queues queues_;
  base::Signal<Job&, std::string_view> events_;
  std::vector<JobId> fresh_;  // submitted, not advanced yet
  Deferred advanceFresh_;
};

}  // namespace mc::flux::services::manager
