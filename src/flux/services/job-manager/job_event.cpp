#include "flux/services/job-manager/job_event.hpp"

#include <array>

#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

base::Status unfit(const Job& job, std::string_view name) {
  return base::fail(EPROTO, "event '" + std::string(name) + "' in state " +
                                std::string(formats::stateName(bit(job.state))));
}

base::Status onSubmit(Job& job, double timestamp, const json::object& context) {
  MC_TRY_ASSIGN(const int64_t userid, formats::getInteger(context, "userid"));
  MC_TRY_ASSIGN(const int64_t urgency, formats::getInteger(context, "urgency"));
  MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(context, "flags"));
  job.userid = static_cast<uint32_t>(userid);
  job.urgency = static_cast<uint8_t>(urgency);
  job.flags = static_cast<uint32_t>(flags);
  job.times.submit = timestamp;
  return {};
}

base::Status onValidate(Job& job, double timestamp, const json::object&) {
  if (job.state != State::New) return unfit(job, "validate");
  job.state = State::Depend;
  job.times.depend = timestamp;
  return {};
}

base::Status onDependencyAdd(Job& job, double, const json::object& context) {
  MC_TRY_ASSIGN(const std::string_view what, formats::getString(context, "description"));
  if (job.active) job.active->dependencies.emplace(what);
  return {};
}

base::Status onDependencyRemove(Job& job, double, const json::object& context) {
  MC_TRY_ASSIGN(const std::string_view what, formats::getString(context, "description"));
  if (job.active) job.active->dependencies.erase(std::string(what));
  return {};
}

base::Status onDepend(Job& job, double timestamp, const json::object&) {
  if (job.state != State::Depend) return unfit(job, "depend");
  job.state = State::Priority;
  job.times.priority = timestamp;
  return {};
}

base::Status onPriority(Job& job, double timestamp, const json::object& context) {
  MC_TRY_ASSIGN(const int64_t priority, formats::getInteger(context, "priority"));
  if (!job.in(bit(State::Priority) | bit(State::Sched))) return unfit(job, "priority");
  job.priority = priority;
  if (job.state == State::Sched) return {};
  job.state = State::Sched;
  job.times.sched = timestamp;
  return {};
}

base::Status onUrgency(Job& job, double, const json::object& context) {
  MC_TRY_ASSIGN(const int64_t urgency, formats::getInteger(context, "urgency"));
  job.urgency = static_cast<uint8_t>(urgency);
  return {};
}

void annotate(Job& job, const json::object& changes) {
  if (!job.annotations) job.annotations = std::make_unique<json::object>();
  mergeAnnotations(*job.annotations, changes);
  if (job.annotations->empty()) job.annotations.reset();
}

base::Status onAlloc(Job& job, double timestamp, const json::object& context) {
  if (job.state != State::Sched) return unfit(job, "alloc");
  if (const auto* annotations = formats::findObject(context, "annotations"))
    annotate(job, *annotations);
  job.state = State::Run;
  job.times.run = timestamp;
  return {};
}

base::Status onMemo(Job& job, double, const json::object& context) {
  annotate(job, json::object{{"user", context}});
  return {};
}

base::Status onSetFlags(Job& job, double, const json::object& context) {
  const auto* flags = formats::findArray(context, "flags");
  if (flags == nullptr) return base::fail(EPROTO, "event 'set-flags' has no array 'flags'");
  for (const auto& flag : *flags) {
    const auto* name = flag.if_string();
    if (name && *name == "debug") job.flags |= kFlagDebug;
    if (name && *name == "immutable" && job.active) job.active->immutable = true;
  }
  return {};
}

// Of the keys that an update may have (update.hpp), those that are kept here.
base::Status onJobspecUpdate(Job& job, double, const json::object& context) {
  for (const auto& [key, value] : context) {
    const auto* text = value.if_string();
    const auto* object = value.if_object();
    if (key == "attributes.system.duration")
      job.duration = formats::toDouble(value).value_or(job.duration);
    else if (key == "attributes.system.queue" && text)
      job.queue = *text;
    else if (key == "attributes.system.job.name" && text)
      job.name = *text;
    else if (key == "attributes.system.constraints" && object && job.active)
      job.active->constraints = *object;
  }
  return {};
}

base::Status onResourceUpdate(Job& job, double, const json::object& context) {
  const auto* expiration = formats::find(context, "expiration");
  if (expiration == nullptr) return {};
  MC_TRY_ASSIGN(job.expiration, formats::toDouble(*expiration));
  if (job.active) job.active->resources.expiration = job.expiration;
  return {};
}

void cleanUp(Job& job, double timestamp) {
  if (job.in(bit(State::Cleanup) | bit(State::Inactive))) return;
  job.state = State::Cleanup;
  job.times.cleanup = timestamp;
}

base::Status onFinish(Job& job, double timestamp, const json::object& context) {
  MC_TRY_ASSIGN(const int64_t status, formats::getInteger(context, "status"));
  if (!job.in(kRunning)) return unfit(job, "finish");
  job.waitStatus = static_cast<int>(status);
  cleanUp(job, timestamp);
  return {};
}

base::Status onException(Job& job, double timestamp, const json::object& context) {
  MC_TRY_ASSIGN(const std::string_view type, formats::getString(context, "type"));
  MC_TRY_ASSIGN(const int64_t severity, formats::getInteger(context, "severity"));
  if (!job.exception || severity < job.exception->severity) {
    job.exception = std::make_unique<Exception>();
    job.exception->type = type;
    job.exception->severity = static_cast<int>(severity);
    if (const auto* note = formats::findString(context, "note")) job.exception->note = *note;
    if (const auto* userid = formats::find(context, "userid"))
      job.exception->userid = static_cast<uint32_t>(formats::toInteger(*userid).value_or(0));
  }
  if (severity == 0) cleanUp(job, timestamp);
  return {};
}

Outcome outcomeOf(const Job& job) {
  if (!job.ended()) return job.waitStatus.value_or(-1) == 0 ? Outcome::Completed : Outcome::Failed;
  if (job.exception->type == "cancel") return Outcome::Canceled;
  return job.exception->type == "timeout" ? Outcome::Timeout : Outcome::Failed;
}

base::Status onClean(Job& job, double timestamp, const json::object&) {
  if (job.state != State::Cleanup) return unfit(job, "clean");
  job.state = State::Inactive;
  job.times.inactive = timestamp;
  job.outcome = outcomeOf(job);
  return {};
}

struct Rule {
  std::string_view name;
  base::Status (*apply)(Job&, double, const json::object&);
};
constexpr std::array kRules{
    Rule{"submit", onSubmit},
    Rule{"validate", onValidate},
    Rule{"dependency-add", onDependencyAdd},
    Rule{"dependency-remove", onDependencyRemove},
    Rule{"depend", onDepend},
    Rule{"priority", onPriority},
    Rule{"urgency", onUrgency},
    Rule{"alloc", onAlloc},
    Rule{"finish", onFinish},
    Rule{"exception", onException},
    Rule{"clean", onClean},
    Rule{"memo", onMemo},
    Rule{"set-flags", onSetFlags},
    Rule{"jobspec-update", onJobspecUpdate},
    Rule{"resource-update", onResourceUpdate},
};

}  // namespace

base::Status applyEvent(Job& job, double timestamp, std::string_view name,
                        const json::object& context) {
  for (const Rule& rule : kRules)
    if (rule.name == name) return rule.apply(job, timestamp, context);
  return {};
}

void mergeAnnotations(json::object& annotations, const json::object& changes) {
  for (const auto& [key, value] : changes) {
    if (value.is_null()) {
      annotations.erase(key);
      continue;
    }
    json::value& old = annotations[key];
    if (!value.is_object()) {
      old = value;
      continue;
    }
    if (!old.is_object()) old.emplace_object();
    mergeAnnotations(old.get_object(), value.get_object());
    if (old.get_object().empty()) annotations.erase(key);
  }
}

}  // namespace mc::flux::services::manager
