// The requests to job-manager that concern queues and the whole of the jobs.

#include "flux/formats/json.hpp"
#include "flux/services/job-manager/service.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;
using broker::Request;

std::string reasonOf(const json::object& payload, std::string_view otherwise) {
  const auto* reason = formats::findString(payload, "reason");
  return std::string(reason ? std::string_view(*reason) : otherwise);
}

}  // namespace

void ManagerService::addQueueMethods() {
  add("queue-list", Access::Anyone, &ManagerService::queueList);
  add("queue-status", Access::Anyone, &ManagerService::queueStatus);
  add("queue-enable", Access::Owner, &ManagerService::queueEnable);
  add("queue-start", Access::Owner, &ManagerService::queueStart);
  add("alloc-query", Access::Owner, &ManagerService::allocQuery);
  add("stats-get", Access::Anyone, &ManagerService::stats);
  add("drain", Access::Owner, &ManagerService::drain);
  add("idle", Access::Owner, &ManagerService::idle);
}

base::Status ManagerService::queueList(const Request& request, const Payload&) {
  json::array names;
  for (const std::string& name : manager_.queues().names()) names.emplace_back(name);
  request.respond(json::object{{"queues", std::move(names)}});
  return {};
}

base::Status ManagerService::queueStatus(const Request& request, const Payload& payload) {
  const auto* name = formats::findString(payload, "name");
  auto found = manager_.queues().find(name ? std::string_view(*name) : std::string_view());
  if (!found) return base::pass(found.error());
  const Queue& queue = **found;
  json::object answer{{"enable", queue.enabled}, {"start", queue.started}};
  if (!queue.enabled) answer["disable_reason"] = queue.disableReason;
  if (!queue.started && !queue.stopReason.empty()) answer["stop_reason"] = queue.stopReason;
  request.respond(answer);
  return {};
}

base::Status ManagerService::queueEnable(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const bool enable, formats::getBool(payload, "enable"));
  MC_TRY_ASSIGN(const auto queues,
                manager_.queues().select(payload, enable ? "enable" : "disable"));
  for (Queue* queue : queues) {
    queue->enabled = enable;
    queue->disableReason = enable ? "" : reasonOf(payload, "disabled by administrator");
  }
  request.respond();
  return {};
}

base::Status ManagerService::queueStart(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const bool start, formats::getBool(payload, "start"));
  MC_TRY_ASSIGN(const auto queues, manager_.queues().select(payload, start ? "start" : "stop"));
  for (Queue* queue : queues) {
    queue->started = start;
    queue->stopReason = start ? "" : reasonOf(payload, "");
  }
  manager_.queuesChanged();
  request.respond();
  return {};
}

base::Status ManagerService::allocQuery(const Request& request, const Payload&) {
  size_t requested = 0;
  size_t queued = 0;
  for (const Job* job : manager_.table().pending()) {
    if (job->state != State::Sched || !job->active) continue;
    ++(job->active->allocRequested ? requested : queued);
  }
  request.respond(json::object{{"queue_length", queued},
                               {"alloc_pending", requested},
                               {"free_pending", 0},
                               {"running", manager_.table().running().size()}});
  return {};
}

base::Status ManagerService::stats(const Request& request, const Payload&) {
  const JobTable& table = manager_.table();
  request.respond(json::object{{"journal", json::object{{"listeners", journal_.readers()}}},
                               {"active_jobs", table.activeCount()},
                               {"inactive_jobs", table.inactive().size()},
                               {"max_jobid", table.newest()},
                               {"housekeeping", json::object{{"running", json::object()}}}});
  return {};
}

base::Status ManagerService::drain(const Request& request, const Payload&) {
  drains_.push_back({false, request});
  answerDrained();
  return {};
}

base::Status ManagerService::idle(const Request& request, const Payload&) {
  drains_.push_back({true, request});
  answerDrained();
  return {};
}

void ManagerService::answerDrained() {
  const size_t pending = manager_.table().pending().size();
  const size_t running = manager_.table().running().size();
  for (auto at = drains_.begin(); at != drains_.end();) {
    if (running + (at->idle ? 0 : pending) > 0) {
      ++at;
      continue;
    }
    at->request.respond(json::object{{"pending", pending}});
    at = drains_.erase(at);
  }
}

}  // namespace mc::flux::services::manager
