// flux update: changes attributes of a job that has not ended.

#include "flux/commands/commands.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_selection.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-update";
constexpr const char* kDuration = "attributes.system.duration";

constexpr Option kOptions[] = {
    {'n', "dry-run", Takes::Nothing, "",
     "Do not apply any updates, just emit update payload to stdout"},
    {'v', "verbose", Takes::Nothing, "", "Be more verbose. Log updated items after success"},
};

// The path of an attribute in jobspec: "duration" is attributes.system.duration.
std::string fullKey(const std::string& key) {
  if (key == "name") return "attributes.system.job.name";
  for (const char* top : {"attributes.", "tasks.", "resources."})
    if (key.starts_with(top)) return key;
  return "attributes.system." + key;
}

json::value valueOf(const std::string& text) {
  auto parsed = formats::parseJson(text);
  return parsed ? std::move(*parsed) : json::value(text);
}

struct Update {
  std::string key;
  std::string text;

  // "+10m" and "-1h" count from the duration that the job has.
  [[nodiscard]] bool isRelative() const {
    return key == kDuration && (text.starts_with('+') || text.starts_with('-'));
  }
};

base::Result<double> currentDuration(Session& session, formats::JobId id) {
  constexpr int kCurrent = 2;  // FLUX_JOB_LOOKUP_CURRENT: with updates applied
  MC_TRY_ASSIGN(const std::string text, lookupJob(session, id, "jobspec", kCurrent));
  MC_TRY_ASSIGN(const json::object jobspec, formats::parseJsonObject(text));
  const auto* value = formats::getPath(jobspec, kDuration);
  const double duration = value ? formats::toDouble(*value).value_or(0) : 0;
  if (duration == 0)
    return base::fail(EINVAL, "can't adjust the duration of a job that has no time limit");
  return duration;
}

base::Result<json::value> durationOf(const Update& update, double current) {
  const std::string text = update.isRelative() ? update.text.substr(1) : update.text;
  MC_TRY_ASSIGN(const double seconds, formats::parseDuration(text));
  if (!update.isRelative()) return json::value(seconds);
  const double changed = update.text.starts_with('-') ? current - seconds : current + seconds;
  if (changed <= 0) return base::fail(EINVAL, "duration would be zero or less");
  return json::value(changed);
}

base::Result<json::object> updatesOf(const std::vector<Update>& updates, double current) {
  json::object out;
  for (const Update& update : updates) {
    json::value value = valueOf(update.text);
    if (update.key == kDuration) {
      MC_TRY_ASSIGN(value, durationOf(update, current));
    }
    out[update.key] = std::move(value);
  }
  return out;
}

int apply(Session& session, formats::JobId id, const json::object& updates, bool verbose) {
  const auto answer = session->call("job-manager.update", {{"id", id}, {"updates", updates}});
  if (!answer) return failPython(kProgram, answer.error().message);
  if (verbose)
    for (const auto& [key, value] : updates)
      complain(std::string(kProgram) + ": updated " + std::string(key) + " to " +
               formats::toJson(value, formats::JsonStyle::Spaced));
  return 0;
}

}  // namespace

int updateMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-update [OPTIONS] JOBID KEY=VALUE [KEY=VALUE ...]",
                        .description = "update active Flux jobs",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() < 2)
    return usageError(grammar, std::string("the following arguments are required: ") +
                                   (parsed.rest.empty() ? "JOBID, KEY=VALUE" : "KEY=VALUE"));
  const auto id = jobIdValue(parsed.rest[0]);
  if (!id) return usageError(grammar, id.error().message);
  std::vector<Update> updates;
  bool relative = false;
  for (size_t i = 1; i < parsed.rest.size(); ++i) {
    const std::string& text = parsed.rest[i];
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return failPython(kProgram, "Missing = in key-value pair '" + text + "'");
    updates.push_back({fullKey(text.substr(0, equals)), text.substr(equals + 1)});
    relative = relative || updates.back().isRelative();
  }
  const bool dryRun = parsed.has("dry-run");
  std::optional<Session> session;
  double duration = 0;
  if (!dryRun || relative) {
    auto opened = Session::open();
    if (!opened) return failPython(kProgram, connectFailure(opened.error()));
    session = std::move(*opened);
  }
  if (relative) {
    const auto current = currentDuration(*session, *id);
    if (!current) return failPython(kProgram, current.error().message);
    duration = *current;
  }
  const auto payload = updatesOf(updates, duration);
  if (!payload) return failPython(kProgram, payload.error().message);
  if (dryRun) {
    print(formats::toJson(*payload, formats::JsonStyle::Spaced) + "\n");
    return 0;
  }
  return apply(*session, *id, *payload, parsed.has("verbose"));
}

}  // namespace mc::flux::commands
