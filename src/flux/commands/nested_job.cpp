#include "flux/commands/nested_job.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "flux/broker/config.hpp"
#include "flux/client/own_program.hpp"
#include "flux/commands/job_attributes.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kNestedOptions[] = {
    {'n', "nslots", Takes::Value, "N",
     "Number of total resource slots requested. The size of a resource slot may be specified via "
     "the -c, --cores-per-slot and -g, --gpus-per-slot options. The default slot size is 1 core."},
    {'c', "cores-per-slot", Takes::Value, "N", "Number of cores to allocate per slot"},
    {'g', "gpus-per-slot", Takes::Value, "N", "Number of GPUs to allocate per slot"},
    {'N', "nodes", Takes::Value, "N",
     "Distribute allocated resource slots across N individual nodes"},
    {'x', "exclusive", Takes::Nothing, "", "With -N, --nodes, allocate nodes exclusively"},
    {0, "conf", Takes::Value, "CONF",
     "Set configuration for a child Flux instance. CONF may be a multiline string in JSON or TOML, "
     "a configuration key=value, a path to a JSON or TOML file, or a configuration loaded by name "
     "from a standard search path. This option may be specified multiple times, in which case the "
     "config is iteratively updated."},
    {0, "broker-opts", Takes::Value, "OPTS", "Pass options to flux brokers"},
    {0, "dump", Takes::OptionalValue, "FILE", "Archive KVS on exit"},
};

constexpr std::string_view kTaskSizes[] = {"nodes",          "exclusive",      "ntasks",
                                           "cores-per-task", "gpus-per-task",  "cores",
                                           "tasks-per-node", "tasks-per-core", "gpus-per-node"};
constexpr std::string_view kStreams[] = {"input", "output", "error", "unbuffered", "label-io"};

/// Slots are to these jobs what tasks are to others.
constexpr std::pair<std::string_view, std::string_view> kSizes[] = {
    {"nslots", "ntasks"}, {"cores-per-slot", "cores-per-task"}, {"gpus-per-slot", "gpus-per-task"}};

constexpr int kScriptMode = S_IFREG | 0700;
constexpr int kFileMode = S_IFREG | 0600;

bool isOneOf(std::span<const std::string_view> names, const Option& option) {
  return option.name != nullptr &&
         std::find(names.begin(), names.end(), option.name) != names.end();
}

const Option* jobOption(std::string_view name) {
  for (const Option& option : jobOptions())
    if (option.name != nullptr && option.name == name) return &option;
  return nullptr;
}

// ---- --conf

std::vector<std::string> configDirectories() {
  const auto variable = [](const char* name, const std::string& standard) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::string(value) : standard;
  };
  const std::string home = variable("HOME", "");
  auto out = formats::splitList(variable("XDG_CONFIG_DIRS", "/etc/xdg"), ':');
  out.insert(out.begin(), variable("XDG_CONFIG_HOME", home + "/.config"));
  for (std::string& path : out) path += "/flux/config/";
  return out;
}

bool isFile(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool isKeyPath(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                              "WXYZ0123456789_-.") == text.npos;
}

base::Result<json::object> readConf(const std::string& value) {
  const size_t equals = value.find('=');
  if (equals != value.npos && value.find('\n') == value.npos &&
      isKeyPath(value.substr(0, equals))) {
    const std::string text = value.substr(equals + 1);
    auto parsed = formats::parseJson(text);
    json::object out;
    formats::setPath(out, value.substr(0, equals), parsed ? std::move(*parsed) : json::value(text));
    return out;
  }
  if (isFile(value)) return broker::loadConfig(value);
  if (isKeyPath(value)) {
    for (const std::string& directory : configDirectories())
      for (const char* ending : {".toml", ".json"})
        if (const std::string path = directory + value + ending; isFile(path))
          return broker::loadConfig(path);
    return base::fail(ENOENT, "--conf: '" + value + "' not found in search path");
  }
  return broker::parseConfigValue(value);
}

base::Result<json::object> configOf(const Parsed& parsed) {
  json::object config;
  for (const std::string& value : parsed.values("conf")) {
    MC_TRY_ASSIGN(const json::object part, readConf(value));
    broker::mergeConfig(config, part);
  }
  return config;
}

// ---- the job

Args brokerCommand(const Parsed& parsed, const NestedJob& job) {
  Args words{"flux", "broker"};
  for (const std::string& list : parsed.values("broker-opts"))
    for (std::string& word : formats::splitList(list))
      if (!word.empty()) words.push_back(std::move(word));
  words.insert(words.end(), job.brokerOptions.begin(), job.brokerOptions.end());
  if (parsed.has("dump"))
    words.push_back("-Scontent.dump=" + parsed.valueOr("dump", "flux-{{jobid}}-dump.tgz"));
  if (parsed.has("conf")) words.emplace_back("-c{{tmpdir}}/conf.json");
  words.insert(words.end(), job.program.begin(), job.program.end());
  return words;
}

/// The same job in the words of `flux submit`. What comes first can be changed by what follows.
Parsed asSubmission(const Parsed& parsed, const NestedJob& job) {
  Parsed out;
  out.rest = brokerCommand(parsed, job);
  const auto add = [&](std::string_view name, const std::string& value) {
    if (const Option* option = jobOption(name)) out.add(option, value);
  };
  for (const char* option :
       {"per-resource.type=node", "mpi=none", "exit-timeout=none", "pmi=simple"})
    add("setopt", option);
  for (const std::string& option : job.shellOptions) add("setopt", option);
  if (!job.name.empty()) add("job-name", job.name);
  if (!job.output.empty()) add("output", job.output);
  for (const auto& given : parsed.given()) {
    std::string_view name = given.option->name != nullptr ? given.option->name : "";
    for (const auto& [slots, tasks] : kSizes)
      if (name == slots) name = tasks;
    if (const Option* option = jobOption(name)) out.add(option, given.value);
  }
  return out;
}

/// `flux` must be found on the nodes of the job, where PATH is what it is here.
Environment environmentWithFlux() {
  Environment environment = submitterEnvironment();
  std::string& path = environment["PATH"];
  path = client::pathToFlux(path);
  return environment;
}

}  // namespace

std::vector<Option> nestedJobOptions(std::span<const Option> own, bool streams) {
  std::vector<Option> out;
  for (const Option& option : jobOptions())
    if (!isOneOf(kTaskSizes, option) && (streams || !isOneOf(kStreams, option)))
      out.push_back(option);
  out.insert(out.end(), std::begin(kNestedOptions), std::end(kNestedOptions));
  out.insert(out.end(), own.begin(), own.end());
  return out;
}

std::optional<int> checkNestedNumbers(const Grammar& grammar, const Parsed& parsed) {
  std::optional<int> status;
  for (const char* name : {"nslots", "cores-per-slot", "gpus-per-slot", "nodes"}) {
    (void)integerOption(grammar, parsed, name, status);
    if (status) return status;
  }
  return status;
}

base::Result<JobRequest> makeNestedJob(const Parsed& parsed, const NestedJob& job) {
  if (!parsed.has("nslots") && !parsed.has("nodes"))
    return base::fail(EINVAL, "Number of slots to allocate must be specified");
  MC_TRY_ASSIGN(const json::object config, configOf(parsed));
  MC_TRY_ASSIGN(JobRequest request,
                makeJobRequest(asSubmission(parsed, job), environmentWithFlux()));
  if (parsed.has("conf"))
    putJobFile(request.jobspec, "conf.json", {{"mode", kFileMode}, {"data", config}});
  if (!job.script.empty())
    putJobFile(request.jobspec, "script",
               {{"mode", kScriptMode}, {"encoding", "utf-8"}, {"data", job.script}});
  return request;
}

int showJobspec(const JobRequest& request) {
  print(formats::toJson(request.jobspec, formats::JsonStyle::Spaced) + "\n");
  return 0;
}

}  // namespace mc::flux::commands
