// flux job id, last, list, list-ids, stats, namespace, timeleft: questions about jobs.

#include <unistd.h>

#include <charconv>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "flux/commands/job_command.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/job_state.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kIdOptions[] = {{'t', "to", Takes::Value, "dec|kvs|hex|dothex|f58|f58plain",
                                  "Convert jobid to specified form"}};
constexpr Option kListOptions[] = {
    {'a', "all", Takes::Nothing, "", "List jobs for current user"},
    {'A', "all-users", Takes::Nothing, "", "List jobs for all users"},
    {'c', "count", Takes::Value, "COUNT", "Limit output to N jobs"},
    {'s', "states", Takes::Value, "STATES", "List jobs in specific states"},
    {'u', "user", Takes::Value, "USER",
     "Limit output to specific user. Specify \"all\" for all users."},
};
constexpr Option kTimeleftOptions[] = {
    {'H', "human", Takes::Nothing, "", "Output in Flux Standard Duration instead of seconds."}};

// The words of the command line, or the lines of standard input where there are none.
Args wordsOrInput(const Parsed& parsed) {
  if (!parsed.rest.empty()) return parsed.rest;
  Args lines;
  char* line = nullptr;
  size_t size = 0;
  while (::getline(&line, &size, stdin) > 0) {
    std::string text = line;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    lines.push_back(std::move(text));
  }
  ::free(line);
  return lines;
}

// The slice that stands for the argument of `last`: one itself, or a number of jobs.
std::optional<std::string> sliceOf(const std::string& text) {
  if (text.find('[') != std::string::npos) return text;
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || rest != end) return std::nullopt;
  return "[:" + text + "]";
}

int printJobs(const base::Result<json::array>& jobs) {
  if (!jobs) return jobFail(jobs.error().message);
  for (const json::value& job : *jobs)
    print(formats::toJson(job, formats::JsonStyle::Spaced) + "\n");
  return 0;
}

// Seconds until an R expires; infinite for one that never does.
base::Result<double> timeleft(Session& session, formats::JobId id) {
  MC_TRY_ASSIGN(const json::object answer,
                session->call("job-list.list-id",
                              {{"id", id}, {"attrs", json::array{"state", "expiration"}}}));
  const auto* job = formats::findObject(answer, "job");
  if (job == nullptr) return base::fail(EPROTO, "job-list.list-id gave no job");
  const int64_t state = formats::getInteger(*job, "state").value_or(0);
  if (state == formats::kStateInactive || state == formats::kStateCleanup) return 0;
  if (state != formats::kStateRun) return base::fail(EINVAL, "job has not started");
  const double expiration = formats::getDouble(*job, "expiration").value_or(0);
  if (expiration == 0) return INFINITY;
  return std::max(0.0, expiration - base::SystemClock().wall());
}

}  // namespace

int jobId(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job id",
                        .usage = "flux-job id [OPTIONS] [id ...]",
                        .description = "Convert jobid(s) to another form",
                        .options = kIdOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const std::string name = parsed.valueOr("to", "dec");
  const auto form = formats::jobIdFormOf(name);
  if (!form) return jobFail("Unknown id type '" + name + "'");
  for (const std::string& text : wordsOrInput(parsed)) {
    const auto id = formats::parseJobId(text);
    if (!id) return jobFail("error parsing jobid: \"" + text + "\"");
    print(formats::formatJobId(*id, *form) + "\n");
  }
  return 0;
}

int jobLast(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job last",
                        .usage = "flux-job last [N|SLICE]",
                        .description = "List my most recently submitted job id(s)"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto slice = sliceOf(parsed.rest.empty() ? "1" : parsed.rest[0]);
  if (parsed.rest.size() > 1 || !slice) return usageHelp(grammar);
  auto session = jobSession();
  if (!session) return 1;
  const auto answer = (*session)->call("job-manager.history.get", {{"slice", *slice}});
  if (!answer) return jobFail(answer.error().message);
  const auto* jobs = formats::findArray(*answer, "jobs");
  if (jobs == nullptr || jobs->empty()) return jobFail("job history is empty");
  for (const json::value& job : *jobs)
    if (const auto id = formats::toInteger(job))
      print(jobIdText(static_cast<formats::JobId>(*id)) + "\n");
  return 0;
}

int jobList(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job list",
                        .usage = "flux-job list [OPTIONS]",
                        .description = "List jobs",
                        .options = kListOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (!parsed.rest.empty()) return usageHelp(grammar);
  JobQuery query;
  query.states =
      parsed.has("all") ? formats::kStatesActive | formats::kStateInactive : formats::kStatesActive;
  if (const auto states = parsed.value("states")) {
    const auto mask = stateMask(*states);
    if (!mask) return jobFail("Invalid job state '" + *states + "'");
    query.states = *mask;
  }
  query.count = std::strtol(parsed.valueOr("count", "0").c_str(), nullptr, 10);
  const std::string user =
      parsed.has("all-users") ? "all" : parsed.valueOr("user", std::to_string(::getuid()));
  const auto userId = userIdArgument(user);
  if (!userId) return jobFail("unknown user " + user);
  query.userId = *userId;
  auto session = jobSession();
  if (!session) return 1;
  return printJobs(listJobs(*session, query));
}

int jobListIds(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job list-ids",
                        .usage = "flux-job list-ids [OPTIONS] ID [ID ...]",
                        .description = "List job(s) by id"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  auto session = jobSession();
  if (!session) return 1;
  for (const std::string& text : parsed.rest) {
    const auto id = jobIdArgument(text);
    if (!id) return 1;
    const auto answer =
        (*session)->call("job-list.list-id", {{"id", *id}, {"attrs", json::array{"all"}}});
    if (!answer) return jobFail(answer.error().message);
    const auto* job = formats::find(*answer, "job");
    if (job == nullptr) return jobFail("job-list.list-id gave no job");
    print(formats::toJson(*job, formats::JsonStyle::Spaced) + "\n");
  }
  return 0;
}

int jobStats(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job stats",
                        .usage = "flux-job stats",
                        .description = "Get current job stats"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = jobSession();
  if (!session) return 1;
  const auto answer = (*session)->call("job-list.job-stats");
  if (!answer) return jobFail(answer.error().message);
  print(formats::toJson(*answer) + "\n");
  return 0;
}

int jobNamespace(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job namespace",
                        .usage = "flux-job namespace [id ...]",
                        .description = "Convert job ids to job guest kvs namespace names"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  for (const std::string& text : wordsOrInput(parsed)) {
    const auto id = jobIdArgument(text);
    if (!id) return 1;
    print(formats::jobNamespace(*id) + "\n");
  }
  return 0;
}

int jobTimeleft(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job timeleft",
                        .usage = "flux-job timeleft [JOBID]",
                        .description = "Find remaining runtime for job or enclosing instance",
                        .options = kTimeleftOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  const char* own = std::getenv("FLUX_JOB_ID");
  if (parsed.rest.empty() && own == nullptr)
    return jobFail("no job id given, and FLUX_JOB_ID is not set");
  const auto id = jobIdArgument(parsed.rest.empty() ? own : parsed.rest[0]);
  if (!id) return 1;
  auto session = jobSession();
  if (!session) return 1;
  const auto seconds = timeleft(*session, *id);
  if (!seconds) return jobFail(seconds.error().message);
  if (parsed.has("human"))
    print(formats::formatDuration(std::floor(*seconds)) + "\n");
  else
    print(std::to_string(std::isinf(*seconds) ? UINT_MAX : static_cast<unsigned>(*seconds)) + "\n");
  return 0;
}

}  // namespace mc::flux::commands
