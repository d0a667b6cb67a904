// flux jobs: lists jobs.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/commands/named_formats.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/job_state.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-jobs";
constexpr int64_t kDefaultCount = 1000;

constexpr Option kOptions[] = {
    {'a', nullptr, Takes::Nothing, "", "List jobs in all states, including inactive"},
    {'A', nullptr, Takes::Nothing, "", "List all jobs for all users"},
    {'c', "count", Takes::Value, "N", "Limit output to N jobs (default 1000)"},
    {'f', "filter", Takes::Value, "STATE|RESULT", "List jobs with specific job state or result"},
    {0, "since", Takes::Value, "WHEN",
     "Include jobs that have become inactive since WHEN (-FSD or seconds since the epoch). Implies "
     "-a if no other --filter option is specified"},
    {'n', "no-header", Takes::Nothing, "", "Suppress printing of header line"},
    {'u', "user", Takes::OptionalValue, "USERNAME|UID",
     "Limit output to specific username or userid (Specify \"all\" for all users)"},
    {0, "name", Takes::Value, "JOB-NAME", "Limit output to specific job name"},
    {'q', "queue", Takes::Value, "QUEUE,...", "Limit output to specific queue or queues"},
    {'i', "include", Takes::Value, "HOSTS|RANKS",
     "Limit output to jobs that ran on HOSTS or RANKS"},
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name (use "
     "'help' to get a list of names)"},
    {0, "sort", Takes::Value, "KEY,...", "Specify sort order"},
    {0, "json", Takes::Nothing, "", "Output jobs in JSON instead of formatted output"},
    {0, "color", Takes::OptionalValue, "WHEN",
     "Colorize output; WHEN can be 'never', 'always', or 'auto' (default)"},
    {0, "stats", Takes::Nothing, "", "Print job statistics before header"},
    {0, "stats-only", Takes::Nothing, "",
     "Print job statistics only and exit. Exits with non-zero status if there are no active jobs"},
};

constexpr const char* kUsage =
    "flux-jobs [-h] [-a] [-A] [-c N] [-f STATE|RESULT] [--since WHEN] [-n]\n"
    "                 [-u [USERNAME|UID]] [--name JOB-NAME] [-q QUEUE,...]\n"
    "                 [-i HOSTS|RANKS] [-o FORMAT] [--sort KEY,...]\n"
    "                 [--json] [--color [WHEN]] [--stats] [--stats-only]\n"
    "                 [JOBID ...]";

constexpr NamedFormat kFormats[] = {
    {"default", "Default flux-jobs format string",
     "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status_abbrev:>2.2} "
     "{ntasks:>6} {nnodes:>6h} {contextual_time!F:>8h} {contextual_info}"},
    {"long", "Extended flux-jobs format string",
     "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status:>9.9} {ntasks:>6} "
     "{nnodes:>6h} {t_submit!d:%b%d %R::>12} {t_remaining!F:>12h} {contextual_time!F:>8h} "
     "{contextual_info}"},
    {"deps", "Show job urgency, priority, and dependencies",
     "{id.f58:>12} ?:{queue:<8.8} {name:<10.10+} {urgency:<3} {priority:<12} {state:<8.8} "
     "{dependencies}"},
    {"endreason", "Show why each job ended",
     "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status_abbrev:>2.2} "
     "{t_inactive!d:%b%d %R::>12h} {inactive_reason}"},
};

struct Request {
  Grammar grammar;
  Parsed parsed;
  JobQuery query;
  std::vector<std::pair<formats::JobId, std::string>> ids;  ///< with the user's spelling
  RowFormat format;
};

base::Status applyFilters(const Parsed& parsed, JobQuery& query) {
  if (parsed.has("a") && parsed.has("filter"))
    complain(std::string(kProgram) + ": WARNING: Both -a and --filter specified, ignoring -a");
  const bool all = parsed.has("a") || parsed.has("since");
  const std::string words =
      parsed.valueOr("filter", all ? "pending,running,inactive" : "pending,running");
  for (const std::string& word : formats::splitList(words)) {
    const auto filter = findJobFilter(word);
    if (!filter) return base::fail(EINVAL, "Invalid filter specified: " + word);
    query.states |= filter->states;
    query.results |= filter->results;
  }
  return {};
}

base::Status applySince(const Parsed& parsed, JobQuery& query) {
  const auto text = parsed.value("since");
  if (!text) return {};
  const double now = base::SystemClock().wall();
  const bool offset = text->starts_with('-');
  const auto seconds = formats::parseDuration(offset ? text->substr(1) : *text);
  if (!seconds) return base::fail(EINVAL, "--since: invalid time '" + *text + "'");
  query.since = offset ? now - *seconds : *seconds;
  if (query.since > now)
    return base::fail(EINVAL, "--since=" + *text + " appears to be in the future");
  return {};
}

base::Status applySelection(const Parsed& parsed, JobQuery& query) {
  const bool everyone = parsed.has("A");
  const auto user =
      userIdArgument(everyone ? "all" : parsed.valueOr("user", std::to_string(::getuid())));
  if (!user) return base::fail(EINVAL, "user " + parsed.valueOr("user", "") + " not found");
  query.userId = *user;
  query.name = parsed.valueOr("name", "");
  if (const auto queues = parsed.value("queue")) query.queues = formats::splitList(*queues);
  if (const auto include = parsed.value("include"))
    (formats::Idset::parse(*include) ? query.ranks : query.hosts) = *include;
  return {};
}

base::Result<std::string> formatText(const Parsed& parsed) {
  const char* fallback = std::getenv("FLUX_JOBS_FORMAT_DEFAULT");
  return findFormat(kFormats, parsed.valueOr("format", fallback ? fallback : "default"));
}

// The field titles; a field that does not exist is an error.
base::Status checkFields(const RowFormat& format) {
  for (const std::string& field : format.fields())
    if (!jobFieldTitle(field)) return base::fail(EINVAL, "Unknown format field: " + field);
  return {};
}

std::string titleOf(const std::string& field) {
  return jobFieldTitle(field).value_or("");
}

// ---- statistics

int printStats(Session& session, bool only) {
  const auto answer = session->call("job-list.job-stats");
  if (!answer) return failPython(kProgram, pythonError(answer.error()));
  const auto* states = formats::findObject(*answer, "job_states");
  const auto count = [](const json::object* object, const char* key) {
    return object ? formats::getInteger(*object, key).value_or(0) : 0;
  };
  const int64_t running = count(states, "run") + count(states, "cleanup");
  const int64_t pending =
      count(states, "depend") + count(states, "priority") + count(states, "sched");
  const int64_t failed =
      count(&*answer, "failed") + count(&*answer, "canceled") + count(&*answer, "timeout");
  print(std::to_string(running) + " running, " + std::to_string(count(&*answer, "successful")) +
        " completed, " + std::to_string(failed) + " failed, " + std::to_string(pending) +
        " pending, " + std::to_string(count(&*answer, "inactive_purged")) + " inactive purged\n");
  return only && running + pending == 0 ? 1 : 0;
}

// ---- listing

// The jobs named on the command line, in that order; unknown ones are reported.
base::Result<json::array> jobsByIds(Session& session, const Request& request, bool& missing) {
  json::array jobs;
  for (const auto& [id, text] : request.ids) {
    auto job = findJob(session, id, request.query.attributes);
    if (job) {
      jobs.push_back(std::move(*job));
    } else if (job.error().errnum == ENOENT) {
      missing = true;
      complain("JobID " + text + " unknown");
    } else {
      return base::pass(job.error());
    }
  }
  return jobs;
}

void sortJobs(std::vector<JobFields>& jobs, const std::string& keys) {
  std::vector<std::string> order = formats::splitList(keys);
  std::reverse(order.begin(), order.end());  // the first key last, as the sort is stable
  for (const std::string& key : order) {
    const bool descending = key.starts_with('-');
    const std::string field = descending ? key.substr(1) : key;
    std::stable_sort(jobs.begin(), jobs.end(), [&](const JobFields& a, const JobFields& b) {
      return descending ? b.value(field) < a.value(field) : a.value(field) < b.value(field);
    });
  }
}

bool wantsColor(const Parsed& parsed) {
  const std::string when = parsed.has("color") ? parsed.valueOr("color", "always") : "auto";
  return when == "always" || (when == "auto" && ::isatty(STDOUT_FILENO) == 1);
}

const char* colorOf(const JobFields& job) {
  if (job.state() == formats::kStateInactive) {
    switch (job.result()) {
      case formats::kResultCompleted:
        return "\033[32m";
      case formats::kResultFailed:
        return "\033[31m";
      default:
        return "\033[33m";
    }
  }
  return (job.state() & formats::kStatesRunning) != 0 ? "\033[1m" : "";
}

void printTable(const Request& request, std::vector<JobFields> jobs) {
  if (const auto keys = request.parsed.value("sort")) sortJobs(jobs, *keys);
  std::vector<RowFormat::Row> rows;
  rows.reserve(jobs.size());
  for (const JobFields& job : jobs)
    rows.emplace_back([&job](const std::string& field) { return job.value(field); });
  if (!request.parsed.has("no-header")) print(request.format.header(rows, titleOf) + "\n");
  const bool color = wantsColor(request.parsed);
  const auto lines = request.format.lines(rows, titleOf);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string start = color ? colorOf(jobs[i]) : "";
    print(start + lines[i] + (start.empty() ? "" : "\033[0m") + "\n");
  }
}

void printJson(const Request& request, const std::vector<JobFields>& jobs) {
  json::array list;
  for (const JobFields& job : jobs) list.push_back(job.toJson());
  const bool single = request.ids.size() == 1 && list.size() == 1;
  const json::value out =
      single ? std::move(list[0]) : json::value(json::object{{"jobs", std::move(list)}});
  print(formats::toJson(out, formats::JsonStyle::Spaced) + "\n");
}

int list(Session& session, const Request& request) {
  bool missing = false;
  const auto jobs =
      request.ids.empty() ? listJobs(session, request.query) : jobsByIds(session, request, missing);
  if (!jobs) return failPython(kProgram, pythonError(jobs.error()));
  if (missing && jobs->empty()) return 1;
  std::vector<JobFields> fields;
  const double now = base::SystemClock().wall();
  for (const json::value& job : *jobs)
    if (job.is_object()) fields.emplace_back(job.get_object(), now);
  if (request.parsed.has("json")) {
    printJson(request, fields);
    return missing ? 1 : 0;
  }
  printTable(request, fields);
  const auto count = static_cast<int64_t>(jobs->size());
  if (request.ids.empty() && request.query.count > 0 && count == request.query.count &&
      !request.parsed.has("no-header")) {
    complain("warning: output truncated at " + std::to_string(count) + " jobs.");
    complain("Use --count to increase returned results or use filters to alter results.");
  }
  return missing ? 1 : 0;
}

base::Status completeRequest(Request& request) {
  MC_TRY(applyFilters(request.parsed, request.query));
  MC_TRY(applySince(request.parsed, request.query));
  MC_TRY(applySelection(request.parsed, request.query));
  MC_TRY_ASSIGN(const std::string text, formatText(request.parsed));
  MC_TRY_ASSIGN(request.format, RowFormat::parse(text));
  MC_TRY(checkFields(request.format));
  if (!request.parsed.has("json")) {
    auto fields = request.format.fields();
    if (const auto keys = request.parsed.value("sort"))
      for (std::string key : formats::splitList(*keys)) {
        if (key.starts_with('-')) key.erase(0, 1);
        if (!jobFieldTitle(key)) return base::fail(EINVAL, "Invalid sort key: " + key);
        fields.push_back(std::move(key));
      }
    fields.emplace_back("status");  // for the colors
    request.query.attributes = jobFieldAttributes(fields);
  }
  return {};
}

}  // namespace

int jobsMain(const Args& args) {
  Request request;
  request.grammar = {.program = kProgram, .usage = kUsage, .options = kOptions, .helpColumn = 30};
  auto outcome = parseOptions(request.grammar, args);
  if (outcome.exitStatus) return *outcome.exitStatus;
  request.parsed = std::move(outcome.parsed);
  for (const std::string& text : request.parsed.rest) {
    const auto id = formats::parseJobId(text);
    if (!id)
      return usageError(request.grammar, "argument JOBID: invalid JobID value: '" + text + "'");
    request.ids.emplace_back(*id, text);
  }
  std::optional<int> status;
  request.query.count =
      integerOption(request.grammar, request.parsed, "count", status).value_or(kDefaultCount);
  if (status) return *status;
  if (request.parsed.value("format") == "help") {
    print(formatHelp(kProgram, kFormats));
    return 0;
  }
  if (const auto complete = completeRequest(request); !complete)
    return failPython(kProgram, complete.error().message);
  const bool filters = request.parsed.has("a") || request.parsed.has("A") ||
                       request.parsed.has("filter") || request.parsed.has("user");
  if (!request.ids.empty() && filters)
    complain(std::string(kProgram) + ": WARNING: Filtering options ignored with jobid list");
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const bool only = request.parsed.has("stats-only");
  if (only || request.parsed.has("stats")) {
    const int result = printStats(*session, only);
    if (only || result != 0) return result;
  }
  return list(*session, request);
}

}  // namespace mc::flux::commands
