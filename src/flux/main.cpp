// The `flux` program: one binary for the broker, the job shell and all commands.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "flux/broker/fork_server.hpp"
#include "flux/broker/main.hpp"
#include "flux/client/python_path.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/relay_route.hpp"
#include "flux/commands/suggest.hpp"
#include "flux/commands/target.hpp"
#include "flux/shell/main.hpp"

namespace {

using mc::flux::commands::Args;

constexpr const char* kUsage =
    "Usage: flux [OPTIONS] COMMAND ARGS\n"
    "  -h, --help             Display this message.\n"
    "  -v, --verbose          Be verbose about environment and command search\n"
    "  -V, --version          Display command and component versions\n"
    "  -p, --parent           Set environment of parent instead of current instance\n"
    "  -r, --root             Set environment of root instead of current instance\n";

// What `flux --help` lists; a command that is not there is not shown.
struct HelpEntry {
  const char* name;  ///< nullptr: a heading
  const char* text;
};
constexpr HelpEntry kHelp[] = {
    {nullptr, "run and submit jobs, allocate resources"},
    {"submit", "submit a job to a Flux instance"},
    {"run", "run a Flux job interactively"},
    {"bulksubmit", "submit jobs in bulk to a Flux instance"},
    {"alloc", "allocate a new Flux instance for interactive use"},
    {"batch", "submit a batch script to Flux"},
    {nullptr, "list and interact with jobs"},
    {"jobs", "list jobs submitted to Flux"},
    {"top", "display running Flux jobs"},
    {"pstree", "display job hierarchies"},
    {"cancel", "cancel one or more jobs"},
    {"pgrep/pkill", "search or cancel matching jobs"},
    {"job", "get job status, info, etc (see: flux help job)"},
    {"proxy", "proxy connections to Flux jobs and instances"},
    {"watch", "monitor one or more Flux jobs"},
    {"update", "update active Flux jobs"},
    {nullptr, "get resource, queue and other instance information"},
    {"resource", "list/manipulate Flux resource status"},
    {"queue", "list and manipulate flux queues"},
    {"overlay", "Show flux overlay network status"},
    {"uptime", "Tell how long Flux has been up and running"},
    {nullptr, "other useful commands"},
    {"start", "bootstrap a local Flux instance"},
    {"version", "Display flux version information"},
    {"config", "Manage/query Flux configuration"},
    {"env", "Print the flux environment or execute a command inside it"},
    {"hostlist", "fetch, combine, and manipulate Flux hostlists"},
};

bool isCommand(std::string_view name) {
  return name == "start" || name == "broker" ||
         mc::flux::commands::findCommand(name.substr(0, name.find('/'))) != nullptr;
}

int usage(int status) {
  std::string text = kUsage;
  for (const HelpEntry& entry : kHelp) {
    if (entry.name == nullptr) {
      text += std::string("\n") + entry.text + "\n";
    } else if (isCommand(entry.name)) {
      std::string name = entry.name;
      name.resize(18, ' ');
      text += "   " + name + " " + entry.text + "\n";
    }
  }
  text += "\nSee 'flux help COMMAND' for more information about a specific command.\n";
  std::fputs(text.c_str(), stderr);
  return status;
}

int unknownCommand(const std::string& name) {
  std::fprintf(stderr, "flux: `%s' is not a flux command.  See 'flux --help'\n", name.c_str());
  auto names = mc::flux::commands::commandNames();
  names.insert(names.end(), {"broker", "start"});
  const auto similar = mc::flux::commands::similarNames(name, names);
  if (!similar.empty())
    std::fprintf(stderr, "flux: The most similar command%s\n",
                 similar.size() > 1 ? "s are" : " is");
  for (const auto& candidate : similar)
    std::fprintf(stderr, "flux: \t%.*s\n", static_cast<int>(candidate.size()), candidate.data());
  return 1;
}

// broker and start read argv themselves.
int runWithArgv(int (*program)(int, char**), const char* name, const Args& args) {
  std::vector<std::string> words{name};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return program(static_cast<int>(words.size()), argv.data());
}

// The shell of one job, or a server that forks them.
int runShell(const Args& args) {
  if (args.size() == 2 && args[0] == "--serve")
    return mc::flux::broker::serveForks(std::atoi(args[1].c_str()), mc::flux::shell::shellMain);
  return mc::flux::shell::shellMain(args);
}

int runCommand(const std::string& name, const Args& args) {
  if (name == "broker") return runWithArgv(mc::flux::broker::brokerMain, "flux-broker", args);
  if (name == "start") return runWithArgv(mc::flux::broker::startMain, "flux-start", args);
  if (name == "shell") return runShell(args);
  if (name == "help") {
    if (args.empty()) return usage(0);
    return runCommand(args[0], {"--help"});
  }
  const auto command = mc::flux::commands::findCommand(name);
  return command != nullptr ? command(args) : unknownCommand(name);
}

// --parent and --root: the command speaks to the instance around this one, or the outermost.
bool targetInstance(const std::string& target) {
  const auto uri = mc::flux::commands::resolveTarget(target);
  if (uri) {
    mc::flux::commands::replaceBrokerUri(*uri);
    return true;
  }
  std::fprintf(stderr, "flux: %s\n", uri.error().message.c_str());
  return false;
}

// A descriptor below 3 that is closed would be given to the next socket, which would then be taken
// for standard input or output.
void openStandardStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) < 0) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
  openStandardStreams();
  mc::flux::client::offerPythonModule();
  std::vector<std::string> words(argv + 1, argv + argc);
  size_t at = 0;
  for (; at < words.size() && words[at].starts_with('-'); ++at) {
    if (words[at] == "-h" || words[at] == "--help") return usage(0);
    if (words[at] == "-V" || words[at] == "--version") return runCommand("version", {});
    if (words[at] == "-v" || words[at] == "--verbose") continue;
    const bool parent = words[at] == "-p" || words[at] == "--parent";
    if (parent || words[at] == "-r" || words[at] == "--root") {
      if (!targetInstance(parent ? ".." : "/")) return 1;
      continue;
    }
    std::fprintf(stderr,
                 "flux: unrecognized option '%s'\nTry `flux --help' for more information.\n",
                 words[at].c_str());
    return 1;
  }
  if (at == words.size()) return usage(1);
  const std::string name = words[at];
  words.erase(words.begin(), words.begin() + static_cast<long>(at) + 1);
  const int status = runCommand(name, words);
  // Whoever reads our output through a pipe must learn if it is not complete.
  if (std::fflush(stdout) != 0 && status == 0) return 1;
  return status;
}
