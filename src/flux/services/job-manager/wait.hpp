#pragma once
// job-manager.wait: waiting for jobs that were submitted as waitable, each of which can be waited
// for once (flux job wait).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <list>
#include <map>
#include <set>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/job-manager/manager.hpp"

namespace mc::flux::services::manager {

class Waits {
 public:
  /// "Any job" in a wait request.
  static constexpr JobId kAny = ~JobId{0};

  /// `manager` outlives it.
  explicit Waits(Manager& manager);

  /// Answers the request when the job (or any) has ended. ECHILD if there is nothing to wait for.
  base::Status wait(const broker::Request& request, JobId id);
  void disconnect(const std::string& sender);

 private:
  struct Waiter {
    std::string sender;
    broker::Request request;
  };
  void onEvent(const Job& job, std::string_view event);
  void ended(const Job& job);

  Manager& manager_;
  std::set<JobId> running_;  // waitable, active
  std::set<JobId> zombies_;  // waitable, inactive, not waited for
  std::map<JobId, Waiter> forOne_;
  std::list<Waiter> forAny_;
  base::Watch watch_;
};

}  // namespace mc::flux::services::manager
