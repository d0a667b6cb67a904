// flux pgrep, flux pkill: finds jobs by name or id range; cancels them.

#include <regex.h>
#include <unistd.h>

#include "flux/commands/commands.hpp"
#include "flux/commands/job_fields.hpp"
#include "flux/commands/job_formats.hpp"
#include "flux/commands/job_selection.hpp"
#include "flux/commands/job_waiter.hpp"
#include "flux/commands/named_formats.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kAll{'a', nullptr, Takes::Nothing, "", "Target jobs in all states"};
constexpr Option kShared[] = {
    {'A', nullptr, Takes::Nothing, "", "Target all users"},
    {'u', "user", Takes::Value, "USER", "Limit output to specific username or userid"},
    {'f', "filter", Takes::Value, "STATE|RESULT",
     "List jobs with specific job state or result (default: pending,running)"},
    {'q', "queue", Takes::Value, "QUEUE", "Limit output to specific queue"},
    {'c', "count", Takes::Value, "N", "Limit output to the first N matches (default 1000)"},
    {0, "max-entries", Takes::Value, "N", "Limit number of searched jobs to N (default 1000)"},
};
constexpr Option kListing[] = {
    {'o', "format", Takes::Value, "FORMAT",
     "Specify output format using Python's string format syntax or a defined format by name"},
    {'n', "no-header", Takes::Nothing, "", "Suppress printing of header line"},
};
constexpr Option kWait{'w', "wait", Takes::Nothing, "", "Wait for jobs to finish after cancel"};

constexpr NamedFormat kFormats[] = {
    {"default", "Default flux-pgrep format string", "{id.f58}"},
    {"full", "full flux-pgrep format string", kDefaultJobFormat},
    {"long", "Extended flux-pgrep format string", kLongJobFormat},
    {"deps", "Show job urgency, priority, and dependencies", kDependencyJobFormat},
};
constexpr FormatSource kFormatSource{"flux-pgrep", "flux-jobs", "", "FLUX_PGREP_FORMAT_DEFAULT",
                                     kFormats};
constexpr int64_t kDefaultCount = 1000;

// What the words of the command line ask for; all must match.
class Matcher {
 public:
  Matcher() = default;
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;
  ~Matcher() {
    for (regex_t& pattern : patterns_) ::regfree(&pattern);
  }

  base::Status add(const std::string& word) {
    if (addRange(word)) return {};
    const std::string text = word.starts_with("name:") ? word.substr(5) : word;
    if (text.empty()) return {};  // matches everything
    regex_t pattern;
    const int status = ::regcomp(&pattern, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (status == 0) {
      patterns_.push_back(pattern);
      return {};
    }
    char reason[128];
    ::regerror(status, &pattern, reason, sizeof reason);
    return base::fail(EINVAL, "invalid pattern '" + text + "': " + reason);
  }

  [[nodiscard]] bool matches(formats::JobId id, const std::string& name) const {
    for (const auto& [first, last] : ranges_)
      if (id < first || id > last) return false;
    for (const regex_t& pattern : patterns_)
      if (::regexec(&pattern, name.c_str(), 0, nullptr, 0) != 0) return false;
    return true;
  }

 private:
  // "ƒ123..ƒ456"
  bool addRange(const std::string& word) {
    const size_t dots = word.find("..");
    if (dots == std::string::npos) return false;
    const auto first = formats::parseJobId(word.substr(0, dots));
    const auto last = formats::parseJobId(word.substr(dots + 2));
    if (!first || !last) return false;
    ranges_.emplace_back(*first, *last);
    return true;
  }

  std::vector<std::pair<formats::JobId, formats::JobId>> ranges_;
  std::vector<regex_t> patterns_;
};

base::Result<JobQuery> queryOf(const Parsed& parsed) {
  JobQuery query;
  const bool all = parsed.has("a");
  MC_TRY(addFilter(query,
                   parsed.valueOr("filter", all ? "pending,running,inactive" : "pending,running")));
  const std::string own = std::to_string(::getuid());
  MC_TRY_ASSIGN(query.userId, selectedUser(parsed.has("A") ? "all" : parsed.valueOr("user", own)));
  if (const auto queues = parsed.value("queue")) query.queues = formats::splitList(*queues);
  return query;
}

struct Search {
  Session session;
  std::vector<json::object> jobs;
};

// The jobs that match, at most --count of them.
base::Result<Search> search(const Grammar& grammar, const Parsed& parsed,
                            std::vector<std::string> attributes, std::optional<int>& exitStatus) {
  Matcher matcher;
  for (const std::string& word : parsed.rest)
    if (const auto added = matcher.add(word); !added) {
      exitStatus = usageError(grammar, added.error().message);
      return base::pass(added.error());
    }
  MC_TRY_ASSIGN(JobQuery query, queryOf(parsed));
  const auto count = integerOption(grammar, parsed, "count", exitStatus).value_or(kDefaultCount);
  query.count = integerOption(grammar, parsed, "max-entries", exitStatus).value_or(kDefaultCount);
  if (exitStatus) return base::fail(EINVAL, "");
  attributes.emplace_back("name");
  query.attributes = std::move(attributes);
  auto session = Session::open();
  if (!session) return base::fail(session.error().errnum, connectFailure(session.error()));
  Search out{std::move(*session), {}};
  MC_TRY_ASSIGN(json::array jobs, listJobs(out.session, query));
  for (json::value& value : jobs) {
    auto* job = value.if_object();
    if (job == nullptr || (count > 0 && std::ssize(out.jobs) == count)) continue;
    const auto id = formats::getUnsigned(*job, "id").value_or(0);
    const std::string name(formats::getString(*job, "name").value_or(""));
    if (matcher.matches(id, name)) out.jobs.push_back(std::move(*job));
  }
  return out;
}

void printJobs(const RowFormat& format, const std::vector<json::object>& jobs, bool header) {
  const double now = base::SystemClock().wall();
  std::vector<JobFields> fields;
  fields.reserve(jobs.size());
  for (const json::object& job : jobs) fields.emplace_back(job, now);
  std::vector<RowFormat::Row> rows;
  for (const JobFields& job : fields)
    rows.emplace_back([&job](const std::string& field) { return job.value(field); });
  const auto title = [](const std::string& field) { return jobFieldTitle(field).value_or(""); };
  if (header) print(format.header(rows, title) + "\n");
  for (const std::string& line : format.lines(rows, title)) print(line + "\n");
}

int cancelJobs(Search& found) {
  int status = 0;
  for (const json::object& job : found.jobs) {
    const auto id = formats::getUnsigned(job, "id").value_or(0);
    const auto answer =
        found.session->call("job-manager.raise", {{"id", id}, {"severity", 0}, {"type", "cancel"}});
    if (!answer) status = failPython("flux-pkill", jobIdText(id) + ": " + answer.error().message);
  }
  return status;
}

void waitForJobs(Search& found) {
  base::Loop& loop = *found.session.loop;
  JobWaiter::Options options;
  options.program = "flux-pkill";
  options.silent = true;
  JobWaiter waiter(*found.session.handle, std::move(options), [&] {
    if (waiter.idle()) loop.stop();
  });
  found.session->onClosed([&](const base::Error&) { loop.stop(); });
  for (const json::object& job : found.jobs)
    waiter.add(formats::getUnsigned(job, "id").value_or(0));
  while (!waiter.idle() && found.session->isOpen()) loop.run();
}

}  // namespace

int pgrepMain(const Args& args) {
  constexpr const char* kProgram = "flux-pgrep";
  std::vector<Option> options{kAll};
  options.insert(options.end(), std::begin(kShared), std::end(kShared));
  options.insert(options.end(), std::begin(kListing), std::end(kListing));
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-pgrep [OPTIONS] EXPRESSION...",
                        .description = "list jobs by matching a pattern against the job name",
                        .options = options};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto choice = chooseFormat(kFormatSource, parsed);
  if (!choice) return failPython(kProgram, choice.error().message);
  if (choice->answer) {
    print(*choice->answer);
    return 0;
  }
  if (parsed.rest.empty())
    return usageError(grammar, "the following arguments are required: EXPRESSION");
  const auto format = RowFormat::parse(choice->format);
  if (!format) return failPython(kProgram, format.error().message);
  for (const std::string& field : format->fields())
    if (!jobFieldTitle(field)) return failPython(kProgram, "Unknown format field: " + field);
  std::optional<int> status;
  const auto found = search(grammar, parsed, jobFieldAttributes(format->fields()), status);
  if (status) return *status;
  if (!found) return failPython(kProgram, found.error().message);
  if (found->jobs.empty()) return 1;
  const bool onlyIds = choice->format == kFormats[0].format;
  printJobs(*format, found->jobs, !onlyIds && !parsed.has("no-header"));
  return 0;
}

int pkillMain(const Args& args) {
  constexpr const char* kProgram = "flux-pkill";
  std::vector<Option> options(std::begin(kShared), std::end(kShared));
  options.push_back(kWait);
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-pkill [OPTIONS] EXPRESSION...",
                        .description = "cancel jobs by matching a pattern against the job name",
                        .options = options};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty())
    return usageError(grammar, "the following arguments are required: EXPRESSION");
  std::optional<int> status;
  auto found = search(grammar, parsed, {}, status);
  if (status) return *status;
  if (!found) return failPython(kProgram, found.error().message);
  if (found->jobs.empty()) return 1;
  const int canceled = cancelJobs(*found);
  const size_t count = found->jobs.size();
  if (canceled == 0)
    complain(std::string(kProgram) + ": Canceled " + std::to_string(count) +
             (count == 1 ? " job" : " jobs"));
  if (parsed.has("wait")) waitForJobs(*found);
  return canceled;
}

}  // namespace mc::flux::commands
