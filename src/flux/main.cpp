// The `flux` program: one binary for the broker, the job shell and all commands.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "flux/broker/main.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/suggest.hpp"
#include "flux/shell/main.hpp"

namespace {

using mc::flux::commands::Args;

constexpr const char* kUsage =
    "Usage: flux [OPTIONS] COMMAND ARGS\n"
    "  -h, --help             Display this message.\n"
    "  -v, --verbose          Be verbose about environment and command search\n"
    "  -V, --version          Display command and component versions\n"
    "\n"
    "run and submit jobs, allocate resources\n"
    "   submit             submit a job to a Flux instance\n"
    "   run                run a Flux job interactively\n"
    "\n"
    "list and interact with jobs\n"
    "   jobs               list jobs submitted to Flux\n"
    "   cancel             cancel one or more jobs\n"
    "   job                get job status, info, etc (see: flux help job)\n"
    "   proxy              proxy connections to Flux jobs and instances\n"
    "\n"
    "get resource, queue and other instance information\n"
    "   resource           list/manipulate Flux resource status\n"
    "   queue              list and manipulate flux queues\n"
    "   overlay            Show flux overlay network status\n"
    "   uptime             Tell how long Flux has been up and running\n"
    "\n"
    "other useful commands\n"
    "   start              bootstrap a local Flux instance\n"
    "   version            Display flux version information\n"
    "   env                Print the flux environment or execute a command inside it\n"
    "   hostlist           fetch, combine, and manipulate Flux hostlists\n"
    "\n"
    "See 'flux COMMAND --help' for more information about a specific command.\n";

int usage(int status) {
  std::fputs(kUsage, stderr);
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

int runCommand(const std::string& name, const Args& args) {
  if (name == "broker") return runWithArgv(mc::flux::broker::brokerMain, "flux-broker", args);
  if (name == "start") return runWithArgv(mc::flux::broker::startMain, "flux-start", args);
  if (name == "shell") return mc::flux::shell::shellMain(args);
  if (name == "help") {
    if (args.empty()) return usage(0);
    return runCommand(args[0], {"--help"});
  }
  const auto command = mc::flux::commands::findCommand(name);
  return command != nullptr ? command(args) : unknownCommand(name);
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
  std::vector<std::string> words(argv + 1, argv + argc);
  size_t at = 0;
  for (; at < words.size() && words[at].starts_with('-'); ++at) {
    if (words[at] == "-h" || words[at] == "--help") return usage(0);
    if (words[at] == "-V" || words[at] == "--version") return runCommand("version", {});
    if (words[at] == "-v" || words[at] == "--verbose") continue;
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
