// flux proxy: runs a command with a private way to an instance.

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/process.hpp"
#include "flux/client/connect.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/relay.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/target.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-proxy";

constexpr Option kOptions[] = {
    {'f', "force", Takes::Nothing, "",
     "Force use of this proxy even if versions of Flux do not match"},
    {'n', "nohup", Takes::Nothing, "",
     "Do not send SIGHUP and SIGTERM to child processes when connection to Flux is lost"},
};

/// A directory of our own for the socket, gone with this object.
class SocketDirectory {
 public:
  static base::Result<std::unique_ptr<SocketDirectory>> make() {
    const char* tmpdir = std::getenv("TMPDIR");
    std::string path = std::string(tmpdir ? tmpdir : "/tmp") + "/flux-proxy-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return base::failErrno("mkdtemp " + path);
    return std::unique_ptr<SocketDirectory>(new SocketDirectory(std::move(path)));
  }
  ~SocketDirectory() { ::rmdir(path_.c_str()); }
  [[nodiscard]] std::string socket() const { return path_ + "/local"; }

 private:
  explicit SocketDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// The arguments make one command line for the shell, as flux-core joins them; none: the shell
// itself.
base::Command childCommand(const Args& words, const std::string& uri) {
  const char* shell = std::getenv("SHELL");
  base::Command command;
  command.argv = {shell != nullptr && *shell != '\0' ? shell : "/bin/sh"};
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  if (!line.empty()) {
    command.argv.emplace_back("-c");
    command.argv.push_back(line);
  }
  command.stdinFd = STDIN_FILENO;
  ::setenv("FLUX_URI", uri.c_str(), 1);
  return command;
}

int runChild(base::Loop& loop, const base::Command& command) {
  // Keys of the terminal are for the child.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  base::SystemProcessRunner runner;
  const auto pid = runner.spawn(command);
  if (!pid) return failAs(kProgram, pid.error().message);
  int status = 0;
  base::Watch child = loop.child(*pid, [&](int waitStatus) {
    status = base::exitCode(waitStatus);
    loop.stop();
    child.reset();
  });
  while (child) loop.run();
  return status;
}

// Connects once, so that the user learns at once if there is nobody.
base::Status probe(base::Loop& loop, const std::string& path) {
  const auto fd = client::connectLocal(loop, path, client::connectRetries());
  return fd ? base::Status() : base::Status(base::pass(fd.error()));
}

}  // namespace

int proxyMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux proxy [OPTIONS] JOBID|URI [COMMAND...]",
                        .description = "Route messages to/from a Flux instance",
                        .options = kOptions,
                        .commandFollows = true};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const std::string& name = parsed.rest[0];
  const auto uri = resolveTarget(name);
  if (!uri) {
    failPython("flux-uri", uri.error().message);
    return failAs(kProgram, "Unable to resolve " + name + " to a URI");
  }
  const auto path = client::socketPath(*uri);
  if (!path) return failAs(kProgram, path.error().message);
  const auto loop = base::makeLoop();
  if (const auto reachable = probe(*loop, *path); !reachable)
    return failAs(kProgram, *uri + ": " + reachable.error().message);
  const auto directory = SocketDirectory::make();
  if (!directory) return failAs(kProgram, directory.error().message);
  const auto relay = Relay::listen(*loop, (*directory)->socket(), *path);
  if (!relay) return failAs(kProgram, relay.error().message);
  return runChild(*loop, childCommand(Args(parsed.rest.begin() + 1, parsed.rest.end()),
                                      "local://" + (*directory)->socket()));
}

}  // namespace mc::flux::commands
