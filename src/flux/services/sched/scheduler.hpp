#pragma once
// The scheduler: first come, first served by priority, after flux-core's sched-simple.
//
// Requests wait in order of priority, then of job id. As long as the first can be met, it is; the
// others wait behind it, unless backfill is configured (backfill.hpp). Decisions are made once per
// turn of the loop, for all that has changed in it. Their cost does not depend on how many jobs
// there have been.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "flux/broker/service.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/job-manager/ports.hpp"
#include "flux/services/resource/inventory.hpp"
#include "flux/services/sched/backfill.hpp"
#include "flux/services/sched/pool.hpp"

namespace mc::flux::services::sched {

using formats::JobId;

class Scheduler final : public manager::Scheduler {
 public:
  /// `host` and `inventory` outlive the scheduler.
  Scheduler(broker::Host& host, resource::Inventory& inventory);
  /// Who gets the answers; before the first request.
  void connect(manager::AllocEvents& events) { events_ = &events; }

  void request(const manager::AllocRequest& request) override;
  void cancel(JobId id) override;
  void reprioritize(JobId id, int64_t priority) override;
  void release(JobId id, const formats::ResourceSet& resources) override;
  void setExpiration(JobId id, double expiration) override;

  [[nodiscard]] const formats::ResourceSet& allocated() const { return pool_.allocated(); }
  /// Whether a request could ever be met; EINVAL or ENOSPC with the reason. Without an answer yet
  /// (as long as not all ranks are known) it could.
  [[nodiscard]] base::Status feasible(const formats::JobShape& shape,
                                      const boost::json::object& constraints) const;

 private:
  struct Pending {
    JobId id = 0;
    int64_t priority = 0;
    double duration = 0;
    formats::JobShape shape;
    Constraint constraint;
    bool checked = false;  // found to be feasible
  };
  struct Order {
    bool operator()(const Pending* a, const Pending* b) const {
      return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
    }
  };

  void refresh();
  void schedule();
  void backfill();
  std::optional<formats::ResourceSet> takeBehind(const Pending& pending,
                                                 const Reservation& reservation);
  bool deny(Pending& pending);
  void grant(const Pending& pending, formats::ResourceSet resources);
  void forget(JobId id);

  broker::Host& host_;
  resource::Inventory& inventory_;
  manager::AllocEvents* events_ = nullptr;
  Pool pool_;
  std::unordered_map<JobId, std::unique_ptr<Pending>> pending_;
  std::set<Pending*, Order> queue_;
  std::deque<JobId> unchecked_;  // not yet known to be feasible
  bool backfills_;
  Holdings holdings_;  // known only where they are asked for: with backfill
  Deferred schedule_;
  base::Watch watch_;
};

}  // namespace mc::flux::services::sched
