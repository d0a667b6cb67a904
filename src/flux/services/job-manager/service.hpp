#pragma once
// The job-manager service: what clients ask of jobs and queues.
//
// The instance owner may do everything; a guest may raise, kill, re-prioritize and annotate its own
// jobs.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <list>
#include <memory>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/job-manager/dependencies.hpp"
#include "flux/services/job-manager/events_journal.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/job-manager/update.hpp"
#include "flux/services/job-manager/wait.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services::manager {

class ManagerService final : public broker::Service {
 public:
  /// `manager` outlives the service.
  ManagerService(Manager& manager, Updates::Feasible feasible);

  [[nodiscard]] std::string name() const override { return "job-manager"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

  /// For job-ingest, which refuses jobs with bad dependencies.
  [[nodiscard]] const Dependencies& dependencies() const { return dependencies_; }

 private:
  using Payload = boost::json::object;
  using Handler = base::Status (ManagerService::*)(const broker::Request&, const Payload&);
  void addJobMethods();
  void addQueueMethods();
  void add(const char* method, Access access, Handler handler);

  // job_requests.cpp
  base::Result<Job*> activeJob(const broker::Request& request, const Payload& payload,
                               const char* what);
  base::Status raise(const broker::Request& request, const Payload& payload);
  base::Status raiseAll(const broker::Request& request, const Payload& payload);
  base::Status kill(const broker::Request& request, const Payload& payload);
  base::Status killAll(const broker::Request& request, const Payload& payload);
  base::Status urgency(const broker::Request& request, const Payload& payload);
  base::Status memo(const broker::Request& request, const Payload& payload);
  base::Status wait(const broker::Request& request, const Payload& payload);
  base::Status purge(const broker::Request& request, const Payload& payload);
  base::Status purgeId(const broker::Request& request, const Payload& payload);
  base::Status history(const broker::Request& request, const Payload& payload);

  // queue_requests.cpp
  base::Status queueList(const broker::Request& request, const Payload& payload);
  base::Status queueStatus(const broker::Request& request, const Payload& payload);
  base::Status queueEnable(const broker::Request& request, const Payload& payload);
  base::Status queueStart(const broker::Request& request, const Payload& payload);
  base::Status allocQuery(const broker::Request& request, const Payload& payload);
  base::Status stats(const broker::Request& request, const Payload& payload);
  base::Status drain(const broker::Request& request, const Payload& payload);
  base::Status idle(const broker::Request& request, const Payload& payload);
  void answerDrained();

  struct Drain {
    bool idle;  ///< waits for running jobs only
    broker::Request request;
  };

  Manager& manager_;
  Dependencies dependencies_;
  Waits waits_;
  Updates updates_;
  EventsJournal journal_;
  std::list<Drain> drains_;
  base::Watch watch_;
  Methods methods_;
};

}  // namespace mc::flux::services::manager
