#pragma once
// job-manager.update: changes the jobspec of an active job (flux update; the events jobspec-update
// and resource-update of RFC 21).
//
// Which keys can be changed is flux-core's choice: attributes.system.duration (of a running job by
// the instance owner only), queue (of a pending job) and job.name. All keys of a request are
// changed, or none.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <functional>

#include "flux/broker/service.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/job-manager/policy.hpp"

namespace mc::flux::services::manager {

class Updates {
 public:
  /// Whether a shape with constraints could ever be met; the scheduler's answer.
  using Feasible = std::function<base::Status(const formats::JobShape& shape,
                                              const boost::json::object& constraints)>;

  /// `manager` outlives it.
  Updates(Manager& manager, Feasible feasible);

  /// Answers the request. EINVAL with the reason where a change is not allowed.
  base::Status handle(const broker::Request& request, const boost::json::object& payload);

 private:
  // A request on its way through the checks.
  struct Change {
    Job& job;
    bool byOwner;
    boost::json::object updates;
    bool validate = false;  // against the limits
    double duration = 0;
    std::string queue;
  };

  base::Result<Job*> find(const broker::Request& request, const boost::json::object& payload);
  base::Status check(Change& change, std::string_view key, const boost::json::value& value) const;
  base::Status checkDuration(Change& change, const boost::json::value& value) const;
  base::Status checkQueue(Change& change, const boost::json::value& value) const;
  base::Result<double> expirationOf(const Change& change) const;

  Manager& manager_;
  Feasible feasible_;
};

}  // namespace mc::flux::services::manager
