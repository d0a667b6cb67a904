#include "entry/subcommands.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/process.hpp"
#include "entry/environment.hpp"
#include "entry/messages.hpp"
#include "entry/stopwatch.hpp"

namespace mc::entry {
namespace {

int cantRun(const base::Error& error) {
  std::fprintf(stderr, "minicluster-entry: %s\n", error.message.c_str());
  return error.errnum == ENOENT ? 127 : 126;
}

std::vector<char*> argvOf(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

int pauseUntilTold() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  while (true) {
    int signal = 0;
    if (::sigwait(&signals, &signal) == 0 && signal != SIGCHLD) return 0;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

int runTimed(const std::string& name, const std::vector<std::string>& command) {
  base::SystemProcessRunner runner;
  const auto loop = base::makeLoop();
  base::Command child;
  child.argv = command;
  child.stdinFd = STDIN_FILENO;
  pid_t pid = 0;
  std::vector<base::Watch> signals;
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2})
    signals.push_back(loop->signal(signal, [&pid, signal] { ::kill(pid, signal); }));
  const Stopwatch watch(loop->clock());
  const auto started = runner.spawn(child);
  if (!started) return cantRun(started.error());
  pid = *started;
  int code = 0;
  const base::Watch end = loop->child(pid, [&](int status) {
    code = base::exitCode(status);
    loop->stop();
  });
  loop->run();
  std::fputs(fluxTime(name, watch.elapsed()).c_str(), stderr);
  return code;
}

int becomeCommand(const std::vector<std::string>& command) {
  ::execvp(command.front().c_str(), argvOf(command).data());
  return cantRun(base::failErrno(command.front()).value());
}

int writeEnvironment(const std::string& path) {
  const base::Fd fd(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  return fd && base::writeAll(fd.get(), encode(currentEnvironment())) ? 0 : 1;
}

}  // namespace mc::entry
