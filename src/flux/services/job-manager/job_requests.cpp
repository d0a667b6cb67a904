// The requests to job-manager that concern jobs.

#include <algorithm>
#include <csignal>

#include "flux/formats/json.hpp"
#include "flux/formats/slice.hpp"
#include "flux/services/job-manager/service.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;
using broker::Request;

base::Result<Exception> readException(const json::object& payload, const Request& request) {
  Exception exception;
  MC_TRY_ASSIGN(const std::string_view type, formats::getString(payload, "type"));
  MC_TRY_ASSIGN(const int64_t severity, formats::getInteger(payload, "severity"));
  if (severity < 0 || severity > 7) return base::fail(EINVAL, "invalid exception severity");
  if (type.empty() || type.find_first_of(" \t\n=") != std::string_view::npos)
    return base::fail(EINVAL, "invalid exception type");
  exception.type = type;
  exception.severity = static_cast<int>(severity);
  if (const auto* note = formats::findString(payload, "note")) exception.note = *note;
  exception.userid = request.message().userid;
  return exception;
}

base::Result<int> readSignal(const json::object& payload) {
  MC_TRY_ASSIGN(const int64_t signal, formats::getInteger(payload, "signum"));
  if (signal <= 0 || signal >= NSIG) return base::fail(EINVAL, "invalid signal number");
  return static_cast<int>(signal);
}

// The active jobs that a raiseall or killall means: by user and by a mask of states.
struct Selection {
  uint32_t userid = wire::kUseridUnknown;  // unknown: of all users
  int states = kActive;
  bool dryRun = false;

  static base::Result<Selection> read(const json::object& payload, const Request& request,
                                      bool withStates) {
    Selection out;
    MC_TRY_ASSIGN(out.dryRun, formats::getBool(payload, "dry_run"));
    MC_TRY_ASSIGN(const int64_t userid, formats::getInteger(payload, "userid"));
    out.userid = static_cast<uint32_t>(userid);
    if (withStates) {
      MC_TRY_ASSIGN(const int64_t states, formats::getInteger(payload, "states"));
      out.states = static_cast<int>(states) & kActive;
    }
    if (!request.isOwner() && out.userid != request.message().userid)
      return base::fail(EPERM, "guests can only affect their own jobs");
    return out;
  }

  [[nodiscard]] std::vector<Job*> jobs(const JobTable& table) const {
    std::vector<Job*> out;
    const auto add = [&](Job* job) {
      if (job->in(states) && (userid == wire::kUseridUnknown || userid == job->userid))
        out.push_back(job);
    };
    for (Job* job : table.pending()) add(job);
    for (Job* job : table.running()) add(job);
    return out;
  }
};

}  // namespace

void ManagerService::addJobMethods() {
  add("raise", Access::Anyone, &ManagerService::raise);
  add("raiseall", Access::Anyone, &ManagerService::raiseAll);
  add("kill", Access::Anyone, &ManagerService::kill);
  add("killall", Access::Anyone, &ManagerService::killAll);
  add("urgency", Access::Anyone, &ManagerService::urgency);
  add("memo", Access::Anyone, &ManagerService::memo);
  add("wait", Access::Owner, &ManagerService::wait);
  add("purge", Access::Owner, &ManagerService::purge);
  add("purge-id", Access::Owner, &ManagerService::purgeId);
  add("history.get", Access::Anyone, &ManagerService::history);
}

base::Result<Job*> ManagerService::activeJob(const Request& request, const Payload& payload,
                                             const char* what) {
  MC_TRY_ASSIGN(const JobId id, formats::getUnsigned(payload, "id"));
  Job* job = manager_.table().find(id);
  if (job == nullptr) return base::fail(ENOENT, "unknown job id");
  if (!request.isOwner() && request.message().userid != job->userid)
    return base::fail(EPERM, std::string("guests can only ") + what + " their own jobs");
  if (!job->active) return base::fail(EINVAL, "job is inactive");
  return job;
}

base::Status ManagerService::raise(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Exception exception, readException(payload, request));
  MC_TRY_ASSIGN(Job * job, activeJob(request, payload, "raise exceptions on"));
  manager_.raise(*job, exception);
  request.respond();
  return {};
}

base::Status ManagerService::raiseAll(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Exception exception, readException(payload, request));
  MC_TRY_ASSIGN(const Selection selection, Selection::read(payload, request, true));
  const auto jobs = selection.jobs(manager_.table());
  if (!selection.dryRun)
    for (Job* job : jobs)
      if (job->active) manager_.raise(*job, exception);
  request.respond(json::object{{"count", jobs.size()}, {"errors", 0}});
  return {};
}

base::Status ManagerService::kill(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int signal, readSignal(payload));
  MC_TRY_ASSIGN(const Job* job, activeJob(request, payload, "send signals to"));
  if (job->state != State::Run) return base::fail(EINVAL, "job is not running");
  manager_.kill(*job, signal);
  request.respond();
  return {};
}

base::Status ManagerService::killAll(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int signal, readSignal(payload));
  MC_TRY_ASSIGN(Selection selection, Selection::read(payload, request, false));
  selection.states = bit(State::Run);
  const auto jobs = selection.jobs(manager_.table());
  if (!selection.dryRun)
    for (const Job* job : jobs) manager_.kill(*job, signal);
  request.respond(json::object{{"count", jobs.size()}, {"errors", 0}});
  return {};
}

base::Status ManagerService::urgency(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int64_t urgency, formats::getInteger(payload, "urgency"));
  if (urgency < kUrgencyHold || urgency > kUrgencyMax)
    return base::fail(EINVAL, "urgency value is out of range");
  auto found = activeJob(request, payload, "reprioritize");
  // flux-core has words of its own here.
  if (!found && found.error().errnum == ENOENT) return base::fail(EINVAL, "unknown job");
  MC_TRY_ASSIGN(Job * job, std::move(found));
  if (urgency > std::max<int>(kUrgencyDefault, job->urgency) && !request.isOwner())
    return base::fail(EPERM, "guests can only adjust urgency <= default");
  if (job->in(kRunning))
    return base::fail(EINVAL, "urgency cannot be changed once resources are allocated");
  const int old = job->urgency;
  manager_.setUrgency(*job, static_cast<int>(urgency), request.message().userid);
  request.respond(json::object{{"old_urgency", old}});
  return {};
}

base::Status ManagerService::memo(const Request& request, const Payload& payload) {
  const auto* changes = formats::findObject(payload, "memo");
  if (changes == nullptr) return base::fail(EPROTO, "payload has no object 'memo'");
  MC_TRY_ASSIGN(Job * job, activeJob(request, payload, "annotate"));
  manager_.memo(*job, *changes);
  request.respond();
  return {};
}

base::Status ManagerService::wait(const Request& request, const Payload& payload) {
  // Any job is -1 where the client has signed integers only, as flux-core's JSON library has.
  if (formats::getInteger(payload, "id").value_or(0) == -1)
    return waits_.wait(request, Waits::kAny);
  MC_TRY_ASSIGN(const JobId id, formats::getUnsigned(payload, "id"));
  return waits_.wait(request, id);
}

// Limits that are negative do not count. Without "force" it only says how many would go.
base::Status ManagerService::purge(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const double ageLimit, formats::getDouble(payload, "age_limit"));
  MC_TRY_ASSIGN(const int64_t countLimit, formats::getInteger(payload, "num_limit"));
  MC_TRY_ASSIGN(const int64_t batch, formats::getInteger(payload, "batch"));
  MC_TRY_ASSIGN(const bool force, formats::getBool(payload, "force"));
  const JobTable::Recent& inactive = manager_.table().inactive();
  const double now = manager_.host().loop().clock().wall();
  size_t left = inactive.size();
  std::vector<Job*> old;
  for (auto at = inactive.rbegin(); at != inactive.rend(); ++at, --left) {
    const bool tooOld = ageLimit >= 0 && (*at)->times.inactive < now - ageLimit;
    const bool tooMany = countLimit >= 0 && left > static_cast<size_t>(countLimit);
    const bool full = force && batch > 0 && old.size() >= static_cast<size_t>(batch);
    if (full || (!tooOld && !tooMany)) break;
    old.push_back(*at);
  }
  if (force)
    for (Job* job : old) manager_.purge(*job);
  request.respond(json::object{{"count", old.size()}});
  return {};
}

// "force" is a number here.
base::Status ManagerService::purgeId(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const JobId id, formats::getUnsigned(payload, "id"));
  MC_TRY_ASSIGN(const int64_t force, formats::getInteger(payload, "force"));
  Job* job = manager_.table().find(id);
  if (job == nullptr) return base::fail(ENOENT, "unknown job id");
  if (job->active) return base::fail(EINVAL, "cannot purge active job");
  if (force != 0) manager_.purge(*job);
  request.respond(json::object{{"count", 1}});
  return {};
}

base::Status ManagerService::history(const Request& request, const Payload& payload) {
  uint32_t userid = request.message().userid;
  if (const auto* value = formats::find(payload, "userid")) {
    MC_TRY_ASSIGN(const int64_t wanted, formats::toInteger(*value));
    userid = static_cast<uint32_t>(wanted);
  }
  if (!request.isOwner() && userid != request.message().userid)
    return base::fail(EPERM, "guests can only list their own jobs");
  const auto& jobs = manager_.table().historyOf(userid);
  const auto* slice = formats::findString(payload, "slice");
  const auto indices = formats::sliceIndices(slice ? std::string_view(*slice) : "[:]", jobs.size());
  if (!indices) return base::fail(EINVAL, "could not parse python-style slice expression");
  json::array ids;
  ids.reserve(indices->size());
  for (const size_t index : *indices) ids.emplace_back(jobs[jobs.size() - 1 - index]);
  request.respond(json::object{{"jobs", std::move(ids)}});
  return {};
}

}  // namespace mc::flux::services::manager
