#include "flux/services/job-list/attributes.hpp"

#include <array>

namespace mc::flux::services::list {

namespace {

namespace json = boost::json;
using manager::Job;
using manager::State;

// Writes an attribute's value; false if the job has none.
using Writer = bool (*)(const Job&, json::value& out);

template <double manager::Times::* member>
bool writeTime(const Job& job, json::value& out) {
  out = job.times.*member;
  return job.times.*member > 0;
}

template <std::string Job::* member>
bool writeText(const Job& job, json::value& out) {
  if ((job.*member).empty()) return false;
  out = job.*member;
  return true;
}

template <uint64_t Job::* member>
bool writeCount(const Job& job, json::value& out) {
  out = job.*member;
  return job.*member > 0;
}

bool writeUserid(const Job& job, json::value& out) {
  out = job.userid;
  return true;
}

bool writeUrgency(const Job& job, json::value& out) {
  out = job.urgency;
  return true;
}

bool writePriority(const Job& job, json::value& out) {
  out = job.priority;
  return job.priority >= 0;
}

bool writeState(const Job& job, json::value& out) {
  out = bit(job.state);
  return true;
}

bool writeDuration(const Job& job, json::value& out) {
  out = job.duration;
  return true;
}

bool writeExpiration(const Job& job, json::value& out) {
  out = job.expiration;
  return !job.ranks.empty();
}

bool writeSuccess(const Job& job, json::value& out) {
  out = job.success();
  return job.state == State::Inactive;
}

bool writeResult(const Job& job, json::value& out) {
  out = static_cast<int>(job.outcome);
  return job.state == State::Inactive;
}

bool writeWaitStatus(const Job& job, json::value& out) {
  out = job.waitStatus.value_or(0);
  return job.waitStatus.has_value();
}

bool writeExceptionOccurred(const Job& job, json::value& out) {
  out = job.exception != nullptr;
  return job.exception || job.state == State::Inactive;
}

bool writeExceptionType(const Job& job, json::value& out) {
  if (!job.exception) return false;
  out = job.exception->type;
  return true;
}

bool writeExceptionSeverity(const Job& job, json::value& out) {
  if (!job.exception) return false;
  out = job.exception->severity;
  return true;
}

bool writeExceptionNote(const Job& job, json::value& out) {
  if (!job.exception) return false;
  out = job.exception->note;
  return true;
}

bool writeAnnotations(const Job& job, json::value& out) {
  if (!job.annotations) return false;
  out = *job.annotations;
  return true;
}

bool writeDependencies(const Job& job, json::value& out) {
  if (!job.active || job.active->dependencies.empty()) return false;
  json::array& list = out.emplace_array();
  for (const std::string& description : job.active->dependencies) list.emplace_back(description);
  return true;
}

struct Attribute {
  std::string_view name;
  Writer write;
};

constexpr std::array kAttributes{
    Attribute{"userid", writeUserid},
    Attribute{"urgency", writeUrgency},
    Attribute{"priority", writePriority},
    Attribute{"t_submit", writeTime<&manager::Times::submit>},
    Attribute{"t_depend", writeTime<&manager::Times::depend>},
    Attribute{"t_priority", writeTime<&manager::Times::priority>},
    Attribute{"t_sched", writeTime<&manager::Times::sched>},
    Attribute{"t_run", writeTime<&manager::Times::run>},
    Attribute{"t_cleanup", writeTime<&manager::Times::cleanup>},
    Attribute{"t_inactive", writeTime<&manager::Times::inactive>},
    Attribute{"state", writeState},
    Attribute{"name", writeText<&Job::name>},
    Attribute{"cwd", writeText<&Job::cwd>},
    Attribute{"queue", writeText<&Job::queue>},
    Attribute{"project", writeText<&Job::project>},
    Attribute{"bank", writeText<&Job::bank>},
    Attribute{"ntasks", writeCount<&Job::taskCount>},
    Attribute{"ncores", writeCount<&Job::coreCount>},
    Attribute{"duration", writeDuration},
    Attribute{"nnodes", writeCount<&Job::nodeCount>},
    Attribute{"ranks", writeText<&Job::ranks>},
    Attribute{"nodelist", writeText<&Job::nodelist>},
    Attribute{"success", writeSuccess},
    Attribute{"exception_occurred", writeExceptionOccurred},
    Attribute{"exception_type", writeExceptionType},
    Attribute{"exception_severity", writeExceptionSeverity},
    Attribute{"exception_note", writeExceptionNote},
    Attribute{"result", writeResult},
    Attribute{"expiration", writeExpiration},
    Attribute{"annotations", writeAnnotations},
    Attribute{"dependencies", writeDependencies},
    Attribute{"waitstatus", writeWaitStatus},
};

constexpr std::string_view kAll = "all";

}  // namespace

base::Result<Attributes> Attributes::parse(const json::array& names) {
  Attributes out;
  for (const auto& value : names) {
    const auto* name = value.if_string();
    if (name == nullptr) return base::fail(EPROTO, "'attrs' must be strings");
    if (*name == "id") continue;
    bool found = false;
    for (size_t i = 0; i < kAttributes.size(); ++i) {
      if (*name != kAll && *name != kAttributes[i].name) continue;
      out.chosen_.push_back(i);
      found = true;
    }
    if (!found) return base::fail(EINVAL, std::string(*name) + " is not a valid attribute");
  }
  return out;
}

std::vector<std::string_view> Attributes::names() {
  std::vector<std::string_view> out{"id"};
  for (const Attribute& attribute : kAttributes) out.push_back(attribute.name);
  out.push_back(kAll);
  return out;
}

json::object Attributes::of(const Job& job, const json::storage_ptr& storage) const {
  json::object out(storage);
  out.reserve(chosen_.size() + 1);
  out["id"] = job.id;
  for (const size_t i : chosen_) {
    json::value value(storage);
    if (kAttributes[i].write(job, value)) out[kAttributes[i].name] = std::move(value);
  }
  return out;
}

}  // namespace mc::flux::services::list
