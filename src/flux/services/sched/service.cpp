#include "flux/services/sched/service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/resource/service.hpp"

namespace mc::flux::services::sched {

namespace {

namespace json = boost::json;
using broker::Request;

base::Status check(const Scheduler& scheduler, const Request& request,
                   const json::object& payload) {
  const auto* document = formats::findObject(payload, "jobspec");
  if (document == nullptr) return base::fail(EPROTO, "payload has no object 'jobspec'");
  MC_TRY_ASSIGN(const formats::Jobspec jobspec, formats::Jobspec::parse(*document));
  const auto* constraints = jobspec.systemObject("constraints");
  const auto status =
      scheduler.feasible(jobspec.shape, constraints ? *constraints : json::object());
  if (!status) return base::fail(EINVAL, status.error().message);
  request.respond();
  return {};
}

}  // namespace

SchedService::SchedService(Scheduler& scheduler, resource::Inventory& inventory) {
  methods_.add("resource-status", Access::Anyone,
               [&scheduler, &inventory](const Request& request, const json::object&) {
                 request.respond(resource::schedStatus(inventory, scheduler.allocated()));
                 return base::Status();
               });
}

FeasibilityService::FeasibilityService(Scheduler& scheduler) {
  methods_.add("check", Access::Anyone,
               [&scheduler](const Request& request, const json::object& payload) {
                 return check(scheduler, request, payload);
               });
}

}  // namespace mc::flux::services::sched
