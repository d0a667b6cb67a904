#include "flux/commands/job_fields.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "flux/commands/session.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

struct Field {
  const char* name;
  const char* title;
  const char* attributes;  ///< of job-list, separated by spaces
};

constexpr const char* kTimes = "state t_run t_cleanup";
constexpr const char* kException =
    "exception_occurred exception_severity exception_type exception_note";

constexpr Field kFields[] = {
    {"id", "JOBID", ""},
    {"id.f58", "JOBID", ""},
    {"id.f58plain", "JOBID", ""},
    {"id.dec", "JOBID", ""},
    {"id.hex", "JOBID", ""},
    {"id.dothex", "JOBID", ""},
    {"id.kvs", "JOBID", ""},
    {"userid", "UID", "userid"},
    {"username", "USER", "userid"},
    {"urgency", "URG", "urgency"},
    {"priority", "PRI", "priority"},
    {"state", "STATE", "state"},
    {"state_single", "S", "state"},
    {"name", "NAME", "name"},
    {"cwd", "CWD", "cwd"},
    {"queue", "QUEUE", "queue"},
    {"project", "PROJECT", "project"},
    {"bank", "BANK", "bank"},
    {"ntasks", "NTASKS", "ntasks"},
    {"ncores", "NCORES", "ncores"},
    {"duration", "DURATION", "duration"},
    {"nnodes", "NNODES", "nnodes state"},
    {"expiration", "EXPIRATION", "expiration state"},
    {"t_remaining", "T_REMAINING", "expiration state"},
    {"ranks", "RANKS", "ranks"},
    {"nodelist", "NODELIST", "nodelist"},
    {"success", "SUCCESS", "success state"},
    {"result", "RESULT", "result"},
    {"result_abbrev", "RS", "result"},
    {"t_submit", "T_SUBMIT", "t_submit"},
    {"t_depend", "T_DEPEND", "t_depend"},
    {"t_run", "T_RUN", "t_run"},
    {"t_cleanup", "T_CLEANUP", "t_cleanup"},
    {"t_inactive", "T_INACTIVE", "t_inactive"},
    {"runtime", "RUNTIME", kTimes},
    {"status", "STATUS", "state result"},
    {"status_abbrev", "ST", "state result"},
    {"exception.occurred", "EXCEPTION-OCCURRED", kException},
    {"exception.severity", "EXCEPTION-SEVERITY", kException},
    {"exception.type", "EXCEPTION-TYPE", kException},
    {"exception.note", "EXCEPTION-NOTE", kException},
    {"waitstatus", "WSTATUS", "waitstatus"},
    {"returncode", "RC", "state result waitstatus"},
    {"dependencies", "DEPENDENCIES", "dependencies"},
    {"annotations", "ANNOTATIONS", "annotations"},
    {"uri", "URI", "annotations"},
    {"contextual_time", "TIME", "state t_run t_cleanup duration"},
    {"contextual_info", "INFO", "state nodelist dependencies annotations urgency priority"},
    {"inactive_reason", "INACTIVE-REASON",
     "state result waitstatus exception_occurred exception_severity exception_type "
     "exception_note"},
};

// annotations.x.y, and the short forms sched.x and user.x.
bool isAnnotation(std::string_view field) {
  return field.starts_with("annotations.") || field.starts_with("sched.") ||
         field.starts_with("user.") || field == "sched" || field == "user";
}

const Field* findField(std::string_view name) {
  for (const Field& field : kFields)
    if (name == field.name) return &field;
  return nullptr;
}

FieldValue toField(const json::value& value) {
  switch (value.kind()) {
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<int64_t>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::null:
      return {};
    default:
      return formats::toJson(value, formats::JsonStyle::Spaced);
  }
}

}  // namespace

std::optional<int64_t> JobFields::integer(std::string_view key) const {
  const auto number = formats::getInteger(*job_, key);
  return number ? std::optional<int64_t>(*number) : std::nullopt;
}

double JobFields::real(std::string_view key) const {
  return formats::getDouble(*job_, key).value_or(0);
}

std::string JobFields::text(std::string_view key) const {
  return std::string(formats::getString(*job_, key).value_or(""));
}

FieldValue JobFields::member(std::string_view key) const {
  const auto* value = formats::find(*job_, key);
  return value ? toField(*value) : FieldValue();
}

double JobFields::runtime() const {
  const double start = real("t_run");
  if (start <= 0) return 0;
  const double end = real("t_cleanup");
  return std::max(0.0, (end > 0 ? end : now_) - start);
}

// -128 for a job that was canceled before it ran; nothing while it is active.
std::optional<int64_t> JobFields::returncode() const {
  if (const auto waitstatus = integer("waitstatus")) {
    const int status = static_cast<int>(*waitstatus);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  if (state() == formats::kStateInactive && result() == formats::kResultCanceled) return -128;
  return std::nullopt;
}

std::string JobFields::status(bool abbreviated) const {
  if (state() == formats::kStateInactive)
    return std::string(abbreviated ? formats::resultAbbreviation(result())
                                   : formats::resultName(result()));
  return std::string(abbreviated ? formats::stateLetter(state()) : formats::stateName(state()));
}

FieldValue JobFields::annotation(const std::string& path) const {
  const std::string full = path.starts_with("annotations") ? path : "annotations." + path;
  const auto* value = formats::getPath(*job_, full);
  return value ? toField(*value) : FieldValue();
}

FieldValue JobFields::idField(const std::string& field) const {
  const auto id = formats::getUnsigned(*job_, "id").value_or(0);
  if (field == "id") return jobIdText(id);
  const auto form = formats::jobIdFormOf(field.substr(3));
  if (field == "id.f58" || !form) return jobIdText(id);
  return formats::formatJobId(id, *form);
}

FieldValue JobFields::exceptionField(const std::string& field) const {
  std::string key = field;
  std::replace(key.begin(), key.end(), '.', '_');
  if (field == "exception.occurred") {
    const auto occurred = formats::getBool(*job_, key);
    return occurred ? FieldValue(*occurred) : FieldValue();
  }
  return member(key);
}

std::string JobFields::dependencies() const {
  std::string out;
  if (const auto* list = formats::findArray(*job_, "dependencies"))
    for (const json::value& element : *list)
      if (const auto* name = element.if_string())
        out += (out.empty() ? "" : ",") + std::string(*name);
  return out;
}

std::string JobFields::contextualInfo() const {
  switch (state()) {
    case formats::kStateDepend:
      return "depends:" + dependencies();
    case formats::kStatePriority:
      return "priority-wait";
    case formats::kStateSched:
      break;
    default:
      return text("nodelist");
  }
  if (integer("urgency") == 0) return "held";
  if (integer("priority") == 0) return "priority-hold";
  if (const auto* eta = formats::getPath(*job_, "annotations.sched.t_estimate")) {
    const auto when = formats::toDouble(*eta);
    if (when && *when > now_) {
      const FieldValue seconds = *when - now_;
      const auto format = RowFormat::parse("eta:{x!F}");
      return format->lines({[&](const std::string&) { return seconds; }}, nullptr)[0];
    }
    return "eta:now";
  }
  const auto* reason = formats::getPath(*job_, "annotations.sched.reason_pending");
  return reason && reason->is_string() ? std::string(reason->get_string()) : "";
}

std::string JobFields::inactiveReason() const {
  if (state() != formats::kStateInactive) return {};
  const std::string note = text("exception_note");
  if (result() == formats::kResultCanceled) return note.empty() ? "Canceled" : "Canceled: " + note;
  if (result() == formats::kResultTimeout) return "Timeout";
  const bool fatal = integer("exception_severity").value_or(1) == 0;
  if (fatal) return "Exception: type=" + text("exception_type") + " note=" + note;
  const auto code = returncode();
  if (!code) return {};
  const int64_t signal = *code < 0 ? -*code : *code - 128;
  if (signal > 0 && signal < NSIG && *code != 0) return ::strsignal(static_cast<int>(signal));
  return "Exit " + std::to_string(*code);
}

FieldValue JobFields::computed(Computed what) const {
  switch (what) {
    case Computed::Uri:
      return annotation("user.uri");
    case Computed::Username: {
      const auto user = integer("userid");
      return user ? FieldValue(userName(static_cast<uint32_t>(*user))) : FieldValue();
    }
    case Computed::State:
      return std::string(formats::stateName(state()));
    case Computed::StateSingle:
      return std::string(formats::stateLetter(state()));
    case Computed::Status:
      return status(false);
    case Computed::StatusAbbrev:
      return status(true);
    case Computed::Result:
      return std::string(formats::resultName(result()));
    case Computed::ResultAbbrev:
      return std::string(formats::resultAbbreviation(result()));
    case Computed::Runtime:
      return runtime();
    case Computed::Nnodes:
      return (state() & formats::kStatesPending) != 0 ? FieldValue() : member("nnodes");
    case Computed::Dependencies:
      return dependencies();
    case Computed::Returncode: {
      const auto code = returncode();
      return code ? FieldValue(*code) : FieldValue();
    }
    case Computed::ContextualTime:
      return (state() & formats::kStatesPending) != 0 ? real("duration") : runtime();
    case Computed::ContextualInfo:
      return contextualInfo();
    case Computed::InactiveReason:
      return inactiveReason();
    case Computed::Remaining: {
      const double end = state() == formats::kStateRun ? real("expiration") : 0;
      return end > 0 ? std::max(0.0, end - now_) : 0.0;
    }
    case Computed::Success:
      return state() == formats::kStateInactive ? member("success") : FieldValue();
  }
  return {};
}

FieldValue JobFields::value(const std::string& field) const {
  // Asked for each column of each row: by a table, not by comparing with one name after the other.
  static const std::unordered_map<std::string_view, Computed> kComputed = {
      {"uri", Computed::Uri},
      {"username", Computed::Username},
      {"state", Computed::State},
      {"state_single", Computed::StateSingle},
      {"status", Computed::Status},
      {"status_abbrev", Computed::StatusAbbrev},
      {"result", Computed::Result},
      {"result_abbrev", Computed::ResultAbbrev},
      {"runtime", Computed::Runtime},
      {"nnodes", Computed::Nnodes},
      {"dependencies", Computed::Dependencies},
      {"returncode", Computed::Returncode},
      {"contextual_time", Computed::ContextualTime},
      {"contextual_info", Computed::ContextualInfo},
      {"inactive_reason", Computed::InactiveReason},
      {"t_remaining", Computed::Remaining},
      {"success", Computed::Success},
  };
  const auto known = kComputed.find(field);
  if (known != kComputed.end()) return computed(known->second);
  if (field == "id" || field.starts_with("id.")) return idField(field);
  if (isAnnotation(field)) return annotation(field);
  if (field.starts_with("exception.")) return exceptionField(field);
  return member(field);
}

json::object JobFields::toJson() const {
  json::object out = *job_;
  out["state"] = formats::stateName(state());
  if (state() == formats::kStateInactive) {
    out["result"] = formats::resultName(result());
    if (const auto code = returncode()) out["returncode"] = *code;
  }
  out["status"] = status(false);
  if (const auto userid = integer("userid"))
    out["username"] = userName(static_cast<uint32_t>(*userid));
  if (real("t_run") > 0) out["runtime"] = runtime();
  json::object exception;
  for (const char* key : {"occurred", "severity", "type", "note"}) {
    const std::string name = std::string("exception_") + key;
    if (const auto* value = formats::find(*job_, name)) exception[key] = *value;
    out.stable_erase(name);
  }
  if (!exception.empty()) out["exception"] = std::move(exception);
  return out;
}

std::optional<std::string> jobFieldTitle(const std::string& field) {
  if (const Field* known = findField(field)) return known->title;
  if (!isAnnotation(field)) return std::nullopt;
  std::string title = field;
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return title;
}

std::vector<std::string> jobFieldAttributes(const std::vector<std::string>& fields) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view names) {
    while (!names.empty()) {
      const std::string name(names.substr(0, names.find(' ')));
      names.remove_prefix(std::min(names.size(), name.size() + 1));
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  };
  for (const std::string& field : fields) {
    const Field* known = findField(field);
    add(known ? known->attributes : "annotations");
  }
  return out;
}

}  // namespace mc::flux::commands
