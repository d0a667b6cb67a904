#include "entry/enter.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "entry/journal.hpp"
#include "entry/subcommands.hpp"

namespace mc::entry {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOption = "-Slocal-uri=";

bool isProcess(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

void readEnvironment(std::string_view text, Environment& environment) {
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find('\0'));
    const size_t equals = entry.find('=');
    if (equals != std::string_view::npos)
      environment.variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
  }
}

base::Result<Instance> readInstance(const std::string& process, std::string uri) {
  Instance instance;
  instance.process = process;
  instance.uri = std::move(uri);
  MC_TRY_ASSIGN(const std::string status, base::readFile(process + "/status"));
  const auto uids = statusNumbers(status, "Uid:");
  const auto gids = statusNumbers(status, "Gid:");
  if (uids.size() < 2 || gids.size() < 2)
    return base::fail(EPROTO, process + "/status names no user");
  instance.uid = uids[1];
  instance.gid = gids[1];
  for (const uint32_t group : statusNumbers(status, "Groups:")) instance.groups.push_back(group);
  return instance;
}

/// Only root can become somebody else, and only root need: others could not reach the socket.
base::Status become(const Instance& instance) {
  if (::geteuid() != 0 || instance.uid == 0) return {};
  if (::setgroups(instance.groups.size(), instance.groups.data()) != 0)
    return base::failErrno("setgroups");
  if (::setgid(instance.gid) != 0) return base::failErrno("setgid");
  if (::setuid(instance.uid) != 0) return base::failErrno("setuid");
  return {};
}

/// The environment that the command gets.
base::Result<Environment> enter(const Instance& instance) {
  MC_TRY(become(instance));
  MC_TRY_ASSIGN(Environment environment, environmentOf(instance));
  environment.variables["FLUX_URI"] = instance.uri;
  for (const auto& [name, value] : environment.variables) ::setenv(name.c_str(), value.c_str(), 1);
  const std::string& directory = environment.directory;
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) return base::failErrno(directory);
  return environment;
}

/// What the container does instead of running Flux; empty: nothing that one could wait for.
std::string occupation(std::string_view phase, std::string_view detail) {
  if (phase == phase::kUsers || phase == phase::kFiles) return "it is being prepared";
  for (const char* hook : {"init", "pre", "brokerPre", "workerPre"})
    if (phase == hook) return "its hook commands." + std::string(phase) + " is at work";
  if (phase != phase::kServers) return {};
  std::string names;
  for (const char c : detail) names += c == ',' ? ", " : std::string(1, c);
  return "it waits until this answers: " + names;
}

std::vector<std::string> shellOf(const Environment& environment) {
  const bool bash = base::findProgram("bash", environment.get("PATH")).has_value();
  return {bash ? "bash" : "sh"};
}

}  // namespace

std::optional<std::string> localUri(std::string_view arguments) {
  while (!arguments.empty()) {
    const std::string_view word = arguments.substr(0, arguments.find('\0'));
    if (word.starts_with(kOption)) return std::string(word.substr(kOption.size()));
    arguments.remove_prefix(std::min(word.size() + 1, arguments.size()));
  }
  return {};
}

std::vector<uint32_t> statusNumbers(std::string_view status, std::string_view key) {
  std::istringstream lines{std::string(status)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    std::istringstream words(line.substr(key.size()));
    std::vector<uint32_t> numbers;
    for (uint32_t number = 0; words >> number;) numbers.push_back(number);
    return numbers;
  }
  return {};
}

base::Result<Instance> findInstance(const std::string& proc) {
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!isProcess(entry->path().filename().string())) continue;
    const std::string process = entry->path().string();
    const auto arguments = base::readFile(process + "/cmdline");
    auto uri = arguments ? localUri(*arguments) : std::nullopt;
    if (!uri) continue;
    // One that has just ended is none.
    if (auto instance = readInstance(process, std::move(*uri))) return instance;
  }
  return base::fail(ENOENT, absence(ownJournal().value_or("")));
}

std::string absence(std::string_view journal) {
  std::string last;
  std::istringstream lines{std::string(journal)};
  for (std::string line; std::getline(lines, line);) last = line;
  std::istringstream words(last);
  std::string time;
  std::string kind;
  std::string phase;
  std::string detail;
  words >> time >> kind >> phase >> detail;
  const std::string text = "Flux does not run in this container ";
  if (kind == "end") return text + "any more";
  const std::string doing = kind == "phase" ? occupation(phase, detail) : "";
  return text + (doing.empty() ? "(yet, or any more)" : "yet: " + doing);
}

base::Result<Environment> environmentOf(const Instance& instance) {
  Environment environment;
  MC_TRY_ASSIGN(const std::string variables, base::readFile(instance.process + "/environ"));
  readEnvironment(variables, environment);
  std::error_code error;
  const fs::path directory = fs::read_symlink(instance.process + "/cwd", error);
  if (!error) environment.directory = directory.string();
  return environment;
}

int enterInstance(const std::vector<std::string>& command) {
  const auto instance = findInstance("/proc");
  const auto environment =
      instance ? enter(*instance) : base::Result<Environment>(base::pass(instance.error()));
  if (!environment) {
    std::fprintf(stderr, "minicluster-entry: %s\n", environment.error().message.c_str());
    return 1;
  }
  return becomeCommand(command.empty() ? shellOf(*environment) : command);
}

}  // namespace mc::entry
