// flux jobs: lists jobs.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/job_formats.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/commands/job_recursion.hpp"
#include "flux/commands/job_selection.hpp"
#include "flux/commands/named_formats.hpp"
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
    {'w', "width", Takes::OptionalValue, "N",
     "Truncate output at width N, or at the terminal's width if N is 0 or not given"},
    {0, "json", Takes::Nothing, "", "Output jobs in JSON instead of formatted output"},
    {0, "color", Takes::OptionalValue, "WHEN",
     "Colorize output; WHEN can be 'never', 'always', or 'auto' (default)"},
    {'R', "recursive", Takes::Nothing, "", "List jobs recursively"},
    {'L', "level", Takes::Value, "N", "With --recursive, only descend N levels"},
    {0, "recurse-all", Takes::Nothing, "",
     "With --recursive, attempt to recurse all jobs, not just jobs of current user"},
    {0, "threads", Takes::Value, "N", "Set max number of worker threads"},
    {0, "stats", Takes::Nothing, "", "Print job statistics before header"},
    {0, "stats-only", Takes::Nothing, "",
     "Print job statistics only and exit. Exits with non-zero status if there are no active jobs"},
};

constexpr const char* kUsage =
    "flux-jobs [-h] [-a] [-A] [-c N] [-f STATE|RESULT] [--since WHEN] [-n]\n"
    "                 [-u [USERNAME|UID]] [--name JOB-NAME] [-q QUEUE,...]\n"
    "                 [-i HOSTS|RANKS] [-o FORMAT] [--sort KEY,...] [-w [N]]\n"
    "                 [--json] [--color [WHEN]] [-R] [-L N] [--recurse-all]\n"
    "                 [--threads N] [--stats] [--stats-only]\n"
    "                 [JOBID ...]";

constexpr NamedFormat kFormats[] = {
    {"default", "Default flux-jobs format string", kDefaultJobFormat},
    {"long", "Extended flux-jobs format string", kLongJobFormat},
    {"deps", "Show job urgency, priority, and dependencies", kDependencyJobFormat},
    {"endreason", "Show why each job ended",
     "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status_abbrev:>2.2} "
     "{t_inactive!d:%b%d %R::>12h} {inactive_reason}"},
};

constexpr FormatSource kFormatSource{"flux-jobs", "flux-jobs", "", "FLUX_JOBS_FORMAT_DEFAULT",
                                     kFormats};

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
  const char* fallback = all ? "pending,running,inactive" : "pending,running";
  return addFilter(query, parsed.valueOr("filter", fallback));
}

base::Status applySelection(const Parsed& parsed, JobQuery& query) {
  const std::string own = std::to_string(::getuid());
  MC_TRY_ASSIGN(query.userId, selectedUser(parsed.has("A") ? "all" : parsed.valueOr("user", own)));
  if (const auto since = parsed.value("since")) {
    MC_TRY_ASSIGN(query.since, parseSince(*since, base::SystemClock().wall()));
  }
  query.name = parsed.valueOr("name", "");
  if (const auto queues = parsed.value("queue")) query.queues = formats::splitList(*queues);
  if (const auto include = parsed.value("include"))
    (formats::Idset::parse(*include) ? query.ranks : query.hosts) = *include;
  return {};
}

// The field titles; a field that does not exist is an error.
base::Status checkFields(const RowFormat& format) {
  for (const std::string& field : format.fields())
    if (!jobRowTitle(field)) return base::fail(EINVAL, "Unknown format field: " + field);
  return {};
}

std::string titleOf(const std::string& field) {
  return jobRowTitle(field).value_or("");
}

// ---- statistics

// The counts of all jobs, or of the queues that --queue names together.
base::Result<std::vector<json::object>> statsOf(Session& session, const Parsed& parsed) {
  MC_TRY_ASSIGN(json::object all, session->call("job-list.job-stats"));
  const auto names = parsed.value("queue");
  if (!names) return std::vector<json::object>{std::move(all)};
  std::vector<json::object> found;
  const auto* queues = formats::findArray(all, "queues");
  for (const std::string& name : formats::splitList(*names)) {
    const json::object* match = nullptr;
    for (const json::value& entry : queues ? *queues : json::array())
      if (const auto* queue = entry.if_object();
          queue != nullptr && formats::getString(*queue, "name").value_or("") == name)
        match = queue;
    if (match == nullptr) return base::fail(EINVAL, "no stats available for queue " + name);
    found.push_back(*match);
  }
  return found;
}

int printStats(Session& session, const Parsed& parsed, bool only) {
  const auto answers = statsOf(session, parsed);
  if (!answers) return failPython(kProgram, answers.error().message);
  int64_t running = 0;
  int64_t completed = 0;
  int64_t failed = 0;
  int64_t pending = 0;
  int64_t purged = 0;
  const auto count = [](const json::object* object, const char* key) {
    return object ? formats::getInteger(*object, key).value_or(0) : 0;
  };
  for (const json::object& answer : *answers) {
    const auto* states = formats::findObject(answer, "job_states");
    running += count(states, "run") + count(states, "cleanup");
    pending += count(states, "depend") + count(states, "priority") + count(states, "sched");
    completed += count(&answer, "successful");
    failed += count(&answer, "failed") + count(&answer, "canceled") + count(&answer, "timeout");
    purged += count(&answer, "inactive_purged");
  }
  print(std::to_string(running) + " running, " + std::to_string(completed) + " completed, " +
        std::to_string(failed) + " failed, " + std::to_string(pending) + " pending, " +
        std::to_string(purged) + " inactive purged\n");
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

// The columns that --width leaves; nothing where lines may be as long as they are.
std::optional<size_t> widthLimit(const Parsed& parsed) {
  if (!parsed.has("width")) return std::nullopt;
  const long given = std::strtol(parsed.valueOr("width", "0").c_str(), nullptr, 10);
  return given > 0 ? static_cast<size_t>(given) : terminalColumns();
}

// Cut at a width, marked with "+" as cut fields are.
std::string cutTo(const std::string& line, const std::optional<size_t>& width) {
  if (!width || displayWidth(line) <= *width) return line;
  return std::string(firstCharacters(line, *width - 1)) + "+";
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

JobRow rowOf(const JobFields& job, bool needsInstance) {
  const auto uri = needsInstance ? instanceUri(job.job(), true) : std::nullopt;
  auto session = uri ? openInstance(*uri) : std::nullopt;
  return {job, session ? &*session : nullptr, needsInstance};
}

void printTable(const Request& request, std::vector<JobFields> jobs, bool header) {
  if (const auto keys = request.parsed.value("sort")) sortJobs(jobs, *keys);
  const bool instances = needsInstance(request.format.fields());
  std::vector<RowFormat::Row> rows;
  rows.reserve(jobs.size());
  for (const JobFields& job : jobs)
    rows.emplace_back(
        [row = rowOf(job, instances)](const std::string& field) { return row.value(field); });
  const auto width = widthLimit(request.parsed);
  if (header) print(cutTo(request.format.header(rows, titleOf), width) + "\n");
  const bool color = wantsColor(request.parsed);
  const auto lines = request.format.lines(rows, titleOf);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string start = color ? colorOf(jobs[i]) : "";
    print(start + cutTo(lines[i], width) + (start.empty() ? "" : "\033[0m") + "\n");
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

std::vector<JobFields> fieldsOf(const json::array& jobs) {
  std::vector<JobFields> fields;
  const double now = base::SystemClock().wall();
  for (const json::value& job : jobs)
    if (job.is_object()) fields.emplace_back(job.get_object(), now);
  return fields;
}

// ---- the instances that jobs are, below one another

bool isRecursive(const Parsed& parsed) {
  return parsed.has("recursive") || parsed.has("recurse-all");
}

void descend(const Request& request, const json::array& jobs, const std::string& path, long level) {
  if (level >= std::strtol(request.parsed.valueOr("level", "9999").c_str(), nullptr, 10)) return;
  const auto visit = [&](const json::object& job, Session* session) {
    const auto id = formats::getUnsigned(job, "id");
    const std::string here = (path.empty() ? "" : path + "/") + jobIdText(id ? *id : 0);
    print("\n" + here + ":\n");
    if (session == nullptr) return;
    if (request.parsed.has("stats")) printStats(*session, request.parsed, false);
    const auto inner = listJobs(*session, request.query);
    if (!inner) return;
    printTable(request, fieldsOf(*inner), false);
    descend(request, *inner, here, level + 1);
  };
  visitInstances(jobs, request.parsed.has("recurse-all"), visit);
}

int list(Session& session, const Request& request) {
  bool missing = false;
  const auto jobs =
      request.ids.empty() ? listJobs(session, request.query) : jobsByIds(session, request, missing);
  if (!jobs) return failPython(kProgram, pythonError(jobs.error()));
  if (missing && jobs->empty()) return 1;
  const std::vector<JobFields> fields = fieldsOf(*jobs);
  if (request.parsed.has("json")) {
    printJson(request, fields);
    return missing ? 1 : 0;
  }
  printTable(request, fields, !request.parsed.has("no-header"));
  if (isRecursive(request.parsed)) descend(request, *jobs, "", 0);
  const auto count = static_cast<int64_t>(jobs->size());
  if (request.ids.empty() && request.query.count > 0 && count == request.query.count &&
      !request.parsed.has("no-header")) {
    complain("warning: output truncated at " + std::to_string(count) + " jobs.");
    complain("Use --count to increase returned results or use filters to alter results.");
  }
  return missing ? 1 : 0;
}

base::Status completeRequest(Request& request, const std::string& format) {
  MC_TRY(applyFilters(request.parsed, request.query));
  MC_TRY(applySelection(request.parsed, request.query));
  MC_TRY_ASSIGN(request.format, RowFormat::parse(format));
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
    if (isRecursive(request.parsed) || needsInstance(fields))
      request.query.attributes.insert(request.query.attributes.end(),
                                      std::begin(kInstanceAttributes),
                                      std::end(kInstanceAttributes));
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
    const auto id = jobIdValue(text);
    if (!id) return usageError(request.grammar, id.error().message);
    request.ids.emplace_back(*id, text);
  }
  std::optional<int> status;
  request.query.count =
      integerOption(request.grammar, request.parsed, "count", status).value_or(kDefaultCount);
  if (status) return *status;
  for (const char* name : {"width", "level", "threads"})
    (void)integerOption(request.grammar, request.parsed, name, status);
  if (status) return *status;
  const auto choice = chooseFormat(kFormatSource, request.parsed);
  if (!choice) return failPython(kProgram, choice.error().message);
  if (choice->answer) {
    print(*choice->answer);
    return 0;
  }
  if (const auto complete = completeRequest(request, choice->format); !complete)
    return failPython(kProgram, complete.error().message);
  const bool filters = request.parsed.has("a") || request.parsed.has("A") ||
                       request.parsed.has("filter") || request.parsed.has("user");
  if (!request.ids.empty() && filters && !isRecursive(request.parsed))
    complain(std::string(kProgram) + ": WARNING: Filtering options ignored with jobid list");
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const bool only = request.parsed.has("stats-only");
  if (only || request.parsed.has("stats")) {
    const int result = printStats(*session, request.parsed, only);
    if (only || result != 0) return result;
  }
  return list(*session, request);
}

}  // namespace mc::flux::commands
