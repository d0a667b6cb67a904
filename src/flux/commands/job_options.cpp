#include "flux/commands/job_options.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/fd.hpp"
#include "flux/commands/job_attributes.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/duration.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/jobspec_builder.hpp"
#include "flux/formats/resource_limits.hpp"
#include "flux/formats/signed_jobspec.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kJobOptions[] = {
    {0, "help", Takes::OptionalValue, "TOPIC",
     "Show this help message or extended help for TOPIC and exit"},
    {'B', "bank", Takes::Value, "BANK", "Submit a job to a specific named bank"},
    {'q', "queue", Takes::Value, "NAME", "Submit a job to a specific named queue"},
    {'t', "time-limit", Takes::Value, "MIN|FSD",
     "Time limit in minutes when no units provided, otherwise in Flux standard duration, e.g. 30s, "
     "2d, 1.5h"},
    {0, "urgency", Takes::Value, "N", "Set job urgency (0-31), hold=0, default=16, expedite=31"},
    {0, "job-name", Takes::Value, "NAME", "Set an optional name for job to NAME"},
    {'o', "setopt", Takes::Value, "OPT",
     "Set shell option OPT. An optional value is supported with OPT=VAL (default VAL=1)"},
    {'S', "setattr", Takes::Value, "ATTR=VAL", "Set job attribute ATTR to VAL (multiple use OK)"},
    {0, "dependency", Takes::Value, "URI", "Set an RFC 26 dependency URI for this job"},
    {0, "requires", Takes::Value, "CONSTRAINT",
     "Require job to meet the given CONSTRAINT, e.g. a property or host:NAME (RFC 35; multiple use "
     "OK)"},
    {0, "begin-time", Takes::Value, "+FSD|DATETIME",
     "Set minimum begin time for job: +FSD from now, or a date and time such as 2026-06-21 8am"},
    {0, "signal", Takes::Value, "SIG@TIME",
     "Schedule delivery of signal SIG at a defined TIME before job expiration. Default SIG is "
     "SIGUSR1, default TIME is 60s."},
    {0, "taskmap", Takes::Value, "SCHEME[:VALUE]",
     "Select the scheme for mapping task ids to nodes: block (default), cyclic[:N], "
     "manual:TASKMAP or hostfile:FILE"},
    {0, "env", Takes::Value, "RULE",
     "Control how environment variables are exported. See RULES in flux-environment(7)"},
    {0, "env-remove", Takes::Value, "PATTERN",
     "Remove environment variables matching PATTERN. Shorthand for --env=-PATTERN"},
    {0, "env-file", Takes::Value, "FILE",
     "Read environment rules from FILE. Shorthand for --env=^FILE"},
    {0, "rlimit", Takes::Value, "RULE",
     "Control how resource limits are propagated: NAME, NAME=VALUE or -PATTERN"},
    {0, "input", Takes::Value, "FILENAME|RANKS", "Redirect job stdin from FILENAME, bypassing KVS"},
    {0, "output", Takes::Value, "FILENAME", "Redirect job stdout to FILENAME, bypassing KVS"},
    {0, "error", Takes::Value, "FILENAME", "Redirect job stderr to FILENAME, bypassing KVS"},
    {'u', "unbuffered", Takes::Nothing, "", "Disable buffering of input and output"},
    {'l', "label-io", Takes::Nothing, "", "Add rank labels to stdout, stderr lines"},
    {0, "cwd", Takes::Value, "DIRECTORY", "Set job working directory"},
    {0, "add-file", Takes::Value, "[NAME=]ARG",
     "Add a file to the job, to be found as {{tmpdir}}/NAME (multiple use OK)"},
    {0, "flags", Takes::Value, "FLAGS",
     "Set comma separated list of job submission flags. Possible flags: debug, waitable, "
     "novalidate"},
    {0, "dry-run", Takes::Nothing, "", "Don't actually submit job, just emit jobspec"},
    {0, "debug", Takes::Nothing, "", "Enable job debug events"},
    {'N', "nodes", Takes::Value, "N", "Set the number of nodes to assign to the job"},
    {'x', "exclusive", Takes::Nothing, "", "With -N, --nodes, allocate nodes exclusively"},
    {'n', "ntasks", Takes::Value, "N", "Set the number of tasks to launch (default 1)"},
    {'c', "cores-per-task", Takes::Value, "N", "Number of cores to allocate per task"},
    {'g', "gpus-per-task", Takes::Value, "N", "Number of GPUs to allocate per task"},
    {0, "cores", Takes::Value, "N", "Request a total number of cores"},
    {0, "tasks-per-node", Takes::Value, "N", "Force number of tasks per node"},
    {0, "tasks-per-core", Takes::Value, "N", "Force number of tasks per core"},
    {0, "gpus-per-node", Takes::Value, "N", "Request a number of GPUs per node with --nodes"},
    {'v', "verbose", Takes::Nothing, "", "Increase verbosity on stderr (multiple use OK)"},
};

constexpr const char* kIntegerOptions[] = {"nodes",          "ntasks",       "cores-per-task",
                                           "gpus-per-task",  "cores",        "tasks-per-node",
                                           "tasks-per-core", "gpus-per-node"};

std::optional<int64_t> number(const Parsed& parsed, std::string_view name) {
  const auto text = parsed.value(name);
  if (!text) return std::nullopt;
  return std::stoll(*text);  // checkJobNumbers() has seen that it is one
}

formats::JobSize sizeOf(const Parsed& parsed) {
  formats::JobSize size;
  size.nodes = number(parsed, "nodes");
  size.exclusive = parsed.has("exclusive");
  size.tasks = number(parsed, "ntasks");
  size.coresPerTask = number(parsed, "cores-per-task");
  size.gpusPerTask = number(parsed, "gpus-per-task");
  size.cores = number(parsed, "cores");
  size.tasksPerNode = number(parsed, "tasks-per-node");
  size.tasksPerCore = number(parsed, "tasks-per-core");
  size.gpusPerNode = number(parsed, "gpus-per-node");
  return size;
}

// "5" is minutes, "5s" a Flux duration.
base::Result<double> timeLimit(const std::string& text) {
  double minutes = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, minutes);
  if (error == std::errc{} && rest == end && std::isfinite(minutes) && minutes >= 0)
    return minutes * 60;
  const auto seconds = formats::parseDuration(text);
  if (!seconds || !std::isfinite(*seconds))
    return base::fail(EINVAL, "invalid Flux standard duration '" + text + "'");
  return *seconds;
}

// "KEY=VAL" with VAL JSON if it reads as such, else a string; 1 where there is no "=VAL".
std::pair<std::string, json::value> keyValue(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return {text, 1};
  const std::string value = text.substr(equals + 1);
  if (auto parsed = formats::parseJson(value)) return {text.substr(0, equals), std::move(*parsed)};
  return {text.substr(0, equals), json::value(value)};
}

base::Status setAttribute(json::object& jobspec, const std::string& text) {
  auto [key, value] = keyValue(text);
  if (key.starts_with('^')) {
    key.erase(0, 1);
    const auto* path = value.if_string();
    if (path == nullptr) return base::fail(EINVAL, "--setattr: ^" + key + " needs a file name");
    auto content = base::readFile(std::string(*path)).prefixed("--setattr");
    if (!content) return base::pass(content.error());
    MC_TRY_ASSIGN(value, formats::parseJson(*content).prefixed("--setattr: " + std::string(*path)));
  }
  if (key.starts_with('.')) {
    key.erase(0, 1);
  } else if (!key.starts_with("user.") && !key.starts_with("system.")) {
    key = "system." + key;
  }
  if (key.empty()) return base::fail(EINVAL, "--setattr: empty attribute name in '" + text + "'");
  formats::setPath(jobspec, "attributes." + key, std::move(value));
  return {};
}

void setShellOption(json::object& jobspec, const std::string& path, json::value value) {
  formats::setPath(jobspec, "attributes.system.shell.options." + path, std::move(value));
}

void setOutputFile(json::object& jobspec, const Parsed& parsed, const char* option,
                   const std::string& stream) {
  const auto path = parsed.value(option);
  if (!path || *path == "none" || *path == "kvs") return;
  setShellOption(jobspec, "output." + stream + ".type", "file");
  setShellOption(jobspec, "output." + stream + ".path", json::value(*path));
  if (parsed.has("label-io")) setShellOption(jobspec, "output." + stream + ".label", true);
}

void setStreams(json::object& jobspec, const Parsed& parsed) {
  setOutputFile(jobspec, parsed, "output", "stdout");
  setOutputFile(jobspec, parsed, "error", "stderr");
  if (const auto input = parsed.value("input"); input && !formats::Idset::parse(*input)) {
    setShellOption(jobspec, "input.stdin.type", "file");
    setShellOption(jobspec, "input.stdin.path", json::value(*input));
  }
  if (parsed.has("unbuffered")) {
    setShellOption(jobspec, "output.stdout.buffer.type", "none");
    setShellOption(jobspec, "output.stderr.buffer.type", "none");
  }
}

base::Status setAlternatives(json::object& jobspec, const Parsed& parsed) {
  if (const auto signal = parsed.value("signal")) {
    MC_TRY_ASSIGN(json::object option, signalOption(*signal));
    setShellOption(jobspec, "signal", std::move(option));
  }
  if (const auto taskmap = parsed.value("taskmap"))
    setShellOption(jobspec, "taskmap", taskmapOption(*taskmap));
  for (const std::string& file : parsed.values("add-file")) MC_TRY(addJobFile(jobspec, file));
  return {};
}

base::Result<json::object> environmentOf(const Parsed& parsed, const Environment& own) {
  std::vector<std::string> rules;
  for (const auto& given : parsed.given()) {
    const std::string_view name = given.option->name;
    if (!given.value) continue;
    if (name == "env") rules.push_back(*given.value);
    if (name == "env-remove") rules.push_back("-" + *given.value);
    if (name == "env-file") rules.push_back("^" + *given.value);
  }
  MC_TRY_ASSIGN(const Environment environment, applyEnvironmentRules(own, rules));
  json::object out;
  out.reserve(environment.size());
  for (const auto& [name, value] : environment) {
    if (formats::isUtf8(name) && formats::isUtf8(value)) {
      out[name] = value;
    } else {  // JSON can't carry it
      complain("flux: WARNING: environment variable " + name + " is not UTF-8, not passed on");
    }
  }
  return out;
}

base::Status addDependency(json::array& list, const std::string& uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string::npos || colon == 0)
    return base::fail(EINVAL, "Invalid dependency URI " + uri);
  const size_t query = std::min(uri.find('?', colon), uri.size());
  json::object dependency{{"scheme", uri.substr(0, colon)},
                          {"value", uri.substr(colon + 1, query - colon - 1)}};
  if (query < uri.size())
    for (const std::string& option : formats::splitList(uri.substr(query + 1), '&')) {
      const auto [key, value] = keyValue(option);
      dependency[key] = value;
    }
  list.push_back(std::move(dependency));
  return {};
}

base::Status setDependencies(json::object& jobspec, const Parsed& parsed) {
  json::array list;
  for (const std::string& uri : parsed.values("dependency")) MC_TRY(addDependency(list, uri));
  if (const auto begin = parsed.value("begin-time")) {
    MC_TRY_ASSIGN(const double when, beginTime(*begin, base::SystemClock().wall()));
    list.push_back(json::object{{"scheme", "begin-time"}, {"value", formats::formatDouble(when)}});
  }
  if (!list.empty()) formats::setPath(jobspec, "attributes.system.dependencies", std::move(list));
  return {};
}

base::Status setSystem(json::object& jobspec, const Parsed& parsed,
                       const Environment& environment) {
  const auto set = [&](const std::string& path, json::value value) {
    formats::setPath(jobspec, "attributes.system." + path, std::move(value));
  };
  if (const auto limit = parsed.value("time-limit")) {
    MC_TRY_ASSIGN(const double seconds, timeLimit(*limit));
    set("duration", seconds);
  }
  if (const auto cwd = parsed.value("cwd")) {
    set("cwd", json::value(*cwd));
  } else if (char* path = ::getcwd(nullptr, 0)) {
    set("cwd", path);
    ::free(path);
  }
  MC_TRY_ASSIGN(json::object variables, environmentOf(parsed, environment));
  set("environment", std::move(variables));
  if (const auto queue = parsed.value("queue")) set("queue", json::value(*queue));
  if (const auto bank = parsed.value("bank")) set("bank", json::value(*bank));
  if (const auto name = parsed.value("job-name")) set("job.name", json::value(*name));
  if (const auto requirements = parsed.values("requires"); !requirements.empty()) {
    MC_TRY_ASSIGN(json::object constraints, constraintsOf(requirements));
    set("constraints", std::move(constraints));
  }
  return setDependencies(jobspec, parsed);
}

constexpr std::string_view kCopyField = "{cc}";

std::string replaceCopy(std::string text, const std::string& id) {
  for (size_t at = 0; (at = text.find(kCopyField, at)) != std::string::npos; at += id.size())
    text.replace(at, kCopyField.size(), id);
  return text;
}

}  // namespace

const char* const kCommandPositional =
    "positional arguments:\n"
    "  command                      Job command and arguments\n\n";

std::span<const Option> jobOptions() {
  return kJobOptions;
}

std::vector<Option> withJobOptions(std::span<const Option> own) {
  std::vector<Option> all(std::begin(kJobOptions), std::end(kJobOptions));
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::optional<int> checkJobNumbers(const Grammar& grammar, const Parsed& parsed) {
  std::optional<int> status;
  for (const char* name : kIntegerOptions) {
    (void)integerOption(grammar, parsed, name, status);
    if (status) return status;
  }
  return status;
}

base::Result<int64_t> parseUrgency(const std::string& text) {
  if (text == "default") return 16;
  if (text == "hold") return 0;
  if (text == "expedite") return 31;
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value < 0 || value > 31)
    return base::fail(EINVAL, "urgency must be one of 'hold', 'default', 'expedite', or 0-31");
  return value;
}

base::Result<int64_t> parseSubmitFlags(const std::vector<std::string>& lists) {
  int64_t flags = 0;
  for (const std::string& list : lists)
    for (const std::string& name : formats::splitList(list)) {
      if (name == "debug") {
        flags |= kSubmitDebug;
      } else if (name == "waitable") {
        flags |= kSubmitWaitable;
      } else if (name == "novalidate") {
        flags |= kSubmitNovalidate;
      } else {
        return base::fail(EINVAL, "--flags: Unknown flag '" + name + "'");
      }
    }
  return flags;
}

base::Result<JobRequest> makeJobRequest(const Parsed& parsed, const Environment& environment) {
  JobRequest request;
  MC_TRY_ASSIGN(request.jobspec, formats::buildJobspec(sizeOf(parsed), parsed.rest));
  MC_TRY_ASSIGN(request.urgency, parseUrgency(parsed.valueOr("urgency", "default")));
  MC_TRY_ASSIGN(request.flags, parseSubmitFlags(parsed.values("flags")));
  if (parsed.has("debug")) request.flags |= kSubmitDebug;
  MC_TRY(setSystem(request.jobspec, parsed, environment));
  setStreams(request.jobspec, parsed);
  MC_TRY_ASSIGN(json::object limits, formats::propagatedLimits(parsed.values("rlimit")));
  if (!limits.empty()) setShellOption(request.jobspec, "rlimit", std::move(limits));
  MC_TRY(setAlternatives(request.jobspec, parsed));
  for (const std::string& text : parsed.values("setopt")) {
    auto [key, value] = keyValue(text);
    setShellOption(request.jobspec, key, std::move(value));
  }
  for (const std::string& text : parsed.values("setattr"))
    MC_TRY(setAttribute(request.jobspec, text));
  return request;
}

json::object submitPayload(const JobRequest& request) {
  return {{"J", formats::wrapUnsigned(formats::toJson(request.jobspec), ::getuid())},
          {"urgency", request.urgency},
          {"flags", request.flags}};
}

bool namesCopy(const Parsed& parsed) {
  const auto named = [](const std::string& text) {
    return text.find(kCopyField) != std::string::npos;
  };
  return std::any_of(parsed.rest.begin(), parsed.rest.end(), named) ||
         std::any_of(parsed.given().begin(), parsed.given().end(),
                     [&](const auto& given) { return given.value && named(*given.value); });
}

Parsed substituteCopy(const Parsed& parsed, const std::string& id) {
  Parsed out;
  for (const std::string& word : parsed.rest) out.rest.push_back(replaceCopy(word, id));
  for (const auto& given : parsed.given()) {
    auto value = given.value;
    if (value) value = replaceCopy(*value, id);
    out.add(given.option, std::move(value));
  }
  return out;
}

}  // namespace mc::flux::commands
