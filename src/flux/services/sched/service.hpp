#pragma once
// What clients may ask of the scheduler: `sched.resource-status` and `feasibility.check`.
//
// Thread-safety: none; everything runs on the broker's loop.

#include "flux/broker/service.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/sched/scheduler.hpp"

namespace mc::flux::services::sched {

/// The `sched` service.
class SchedService final : public broker::Service {
 public:
  SchedService(Scheduler& scheduler, resource::Inventory& inventory);
  [[nodiscard]] std::string name() const override { return "sched"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }

 private:
  Methods methods_;
};

/// The `feasibility` service: whether a jobspec could ever run.
class FeasibilityService final : public broker::Service {
 public:
  explicit FeasibilityService(Scheduler& scheduler);
  [[nodiscard]] std::string name() const override { return "feasibility"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }

 private:
  Methods methods_;
};

}  // namespace mc::flux::services::sched
