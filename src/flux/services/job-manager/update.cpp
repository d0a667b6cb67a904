#include "flux/services/job-manager/update.hpp"

#include <algorithm>

#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

constexpr std::string_view kDuration = "attributes.system.duration";
constexpr std::string_view kQueue = "attributes.system.queue";
constexpr std::string_view kJobName = "attributes.system.job.name";
constexpr std::string_view kConstraints = "attributes.system.constraints";

}  // namespace

Updates::Updates(Manager& manager, Feasible feasible)
    : manager_(manager), feasible_(std::move(feasible)) {}

base::Result<Job*> Updates::find(const broker::Request& request, const json::object& payload) {
  MC_TRY_ASSIGN(const JobId id, formats::getUnsigned(payload, "id"));
  Job* job = manager_.table().find(id);
  if (job == nullptr) return base::fail(ENOENT, "unknown job id");
  if (!job->active) return base::fail(EINVAL, "job is inactive");
  if (!request.isOwner() && request.message().userid != job->userid)
    return base::fail(EPERM, "guests may only update their own jobs");
  if (job->active->immutable && !request.isOwner())
    return base::fail(EPERM, "job is immutable due to previous instance owner update");
  return job;
}

base::Status Updates::checkDuration(Change& change, const json::value& value) const {
  const auto duration = formats::toDouble(value);
  if (!duration) return base::fail(EINVAL, "duration must be a number");
  if (*duration < 0) return base::fail(EINVAL, "duration must not be negative");
  if (change.job.in(kRunning) && !change.byOwner)
    return base::fail(EINVAL, "duration update of running job requires instance owner privileges");
  change.duration = *duration;
  if (!change.byOwner) change.validate = true;
  return {};
}

// The constraints go with the queue: those of the old one are replaced.
base::Status Updates::checkQueue(Change& change, const json::value& value) const {
  const auto* name = value.if_string();
  if (name == nullptr) return base::fail(EINVAL, "queue must be a string");
  const Job& job = change.job;
  if (job.in(kRunning)) return base::fail(EINVAL, "update of queue for running job not supported");
  if (job.queue == *name) return base::fail(EINVAL, "job queue is already set to " + job.queue);
  MC_TRY_ASSIGN(const Queue* queue, manager_.queues().find(*name));
  if (!queue->enabled)
    return base::fail(EINVAL, "queue " + std::string(*name) + " is currently disabled");
  const Policy policy(manager_.host().config());
  if (job.active->constraints != policy.constraintOf(job.queue))
    return base::fail(
        EINVAL,
        "job appears to have non-queue constraints, unable to update queue to " + job.queue);
  json::object constraints = policy.constraintOf(*name);
  MC_TRY(feasible_(job.active->shape, constraints));
  change.queue = *name;
  change.validate = true;
  change.updates[kConstraints] = std::move(constraints);
  return {};
}

base::Status Updates::check(Change& change, std::string_view key, const json::value& value) const {
  if (key == kDuration) return checkDuration(change, value);
  if (key == kQueue) return checkQueue(change, value);
  if (key != kJobName)
    return base::fail(EINVAL, "update of " + std::string(key) + " not supported");
  if (!value.is_string()) return base::fail(EINVAL, "job.name must be a string");
  return {};
}

base::Result<double> Updates::expirationOf(const Change& change) const {
  if (change.duration == 0) return 0.0;
  const double start = change.job.active->resources.starttime;
  if (start <= 0) return base::fail(EINVAL, "unable to get job starttime");
  if (start + change.duration <= manager_.host().loop().clock().wall())
    return base::fail(EINVAL, "requested duration places job expiration in the past");
  return start + change.duration;
}

base::Status Updates::handle(const broker::Request& request, const json::object& payload) {
  const auto* updates = formats::findObject(payload, "updates");
  if (updates == nullptr) return base::fail(EPROTO, "payload has no object 'updates'");
  const bool paths = std::all_of(updates->begin(), updates->end(), [](const auto& update) {
    return update.key().starts_with("attributes.");
  });
  if (updates->empty() || !paths)
    return base::fail(EINVAL, "one or more jobspec updates are invalid");
  MC_TRY_ASSIGN(Job * job, find(request, payload));
  Change change{*job, request.isOwner(), *updates, false, job->duration, job->queue};
  for (const auto& [key, value] : *updates) MC_TRY(check(change, key, value));
  if (change.validate)
    MC_TRY(Policy(manager_.host().config())
               .checkLimits(job->active->shape, change.duration, change.queue));
  const bool extends = updates->contains(kDuration) && !job->active->resources.empty();
  MC_TRY_ASSIGN(const double expiration, extends ? expirationOf(change) : base::Result<double>(0));
  if (!change.validate && request.isOwner() && request.message().userid != job->userid)
    manager_.setImmutable(*job);
  manager_.updateJobspec(*job, change.updates);
  if (extends) manager_.updateExpiration(*job, expiration);
  request.respond();
  return {};
}

}  // namespace mc::flux::services::manager
