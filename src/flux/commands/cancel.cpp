// flux cancel: raises the exception "cancel" on jobs.

#include <unistd.h>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_selection.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-cancel";

constexpr Option kOptions[] = {
    {0, "all", Takes::Nothing, "", "Target all jobs"},
    {'n', "dry-run", Takes::Nothing, "", "Do not cancel any jobs, but print how many would be"},
    {'q', "quiet", Takes::Nothing, "", "Suppress output if no jobs match"},
    {'u', "user", Takes::Value, "USER",
     "Set target user or 'all' (instance owner only). Implies --all"},
    {'S', "states", Takes::Value, "STATES",
     "List of job states to target (default=active). Implies --all"},
    {'m', "message", Takes::Value, "NOTE", "Set optional cancel exception message"},
};

std::string countText(int64_t count) {
  return std::to_string(count) + (count == 1 ? " job" : " jobs");
}

int cancelAll(const Parsed& parsed) {
  const std::string states = parsed.valueOr("states", "active");
  const auto mask = stateMask(states);
  if (!mask) return failPython(kProgram, "Invalid state specified: " + states);
  const auto user = userIdArgument(parsed.valueOr("user", std::to_string(::getuid())));
  if (!user) return failPython(kProgram, "unknown user " + parsed.valueOr("user", ""));
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const bool dryRun = parsed.has("dry-run");
  json::object payload{{"dry_run", dryRun},
                       {"userid", *user},
                       {"states", *mask},
                       {"severity", 0},
                       {"type", "cancel"}};
  if (const auto note = parsed.value("message")) payload["note"] = *note;
  const auto answer = (*session)->call("job-manager.raiseall", payload);
  if (!answer) return failPython(kProgram, answer.error().message);
  const int64_t count = formats::getInteger(*answer, "count").value_or(0);
  const int64_t errors = formats::getInteger(*answer, "errors").value_or(0);
  if (count == 0) {
    if (!parsed.has("quiet")) failAs(kProgram, "Matched 0 jobs");
    return 0;
  }
  if (dryRun) {
    failAs(kProgram, "Would cancel " + countText(count));
    return 0;
  }
  failAs(kProgram, "Canceled " + countText(count) + " (" + std::to_string(errors) + " errors)");
  return errors > 0 ? 1 : 0;
}

int cancelIds(const Parsed& parsed, const std::vector<formats::JobId>& ids) {
  if (parsed.has("dry-run")) {
    failAs(kProgram, "Would cancel " + countText(static_cast<int64_t>(ids.size())));
    return 0;
  }
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  int status = 0;
  for (const formats::JobId id : ids) {
    json::object payload{{"id", id}, {"severity", 0}, {"type", "cancel"}};
    if (const auto note = parsed.value("message")) payload["note"] = *note;
    const auto answer = (*session)->call("job-manager.raise", payload);
    if (!answer) status = failPython(kProgram, jobIdText(id) + ": " + answer.error().message);
  }
  return status;
}

}  // namespace

int cancelMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux cancel [OPTIONS] [JOBID...]",
                        .description = "cancel jobs by jobid or other criteria",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto ids = jobIdValues(parsed.rest, "JOBID...");
  if (!ids) return usageError(grammar, ids.error().message);
  const bool all = parsed.has("all") || parsed.has("user") || parsed.has("states");
  if (!ids->empty() && all)
    return failPython(kProgram, "Do not specify a jobid list with --all, --user, or --states");
  if (ids->empty() && !all) return failPython(kProgram, "No target jobs were specified.");
  return all ? cancelAll(parsed) : cancelIds(parsed, *ids);
}

}  // namespace mc::flux::commands
