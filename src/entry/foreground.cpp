#include "entry/foreground.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/process.hpp"
#include "entry/capture.hpp"

namespace mc::entry {
namespace {

constexpr size_t kMaxOutput = 4u << 20;

/// Runs it to its end, unless it is killed at the limit.
base::Result<int> runToEnd(base::Loop& loop, const base::Command& command,
                           std::optional<std::chrono::seconds> limit) {
  base::SystemProcessRunner runner;
  pid_t pid = 0;
  std::vector<base::Watch> watches;
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2})
    watches.push_back(loop.signal(signal, [&pid, signal] { ::kill(pid, signal); }));
  MC_TRY_ASSIGN(pid, runner.spawn(command));
  int code = 0;
  bool expired = false;
  watches.push_back(loop.child(pid, [&](int status) {
    code = base::exitCode(status);
    loop.stop();
  }));
  if (limit)
    watches.push_back(loop.after(*limit, [&] {
      expired = true;
      ::kill(pid, SIGKILL);
    }));
  loop.run();
  if (expired) return base::fail(ETIMEDOUT, command.argv[0] + " took too long");
  return code;
}

}  // namespace

base::Result<int> runForeground(const std::vector<std::string>& command) {
  const auto loop = base::makeLoop();
  base::Command child;
  child.argv = command;
  child.stdinFd = STDIN_FILENO;
  return runToEnd(*loop, child, std::nullopt);
}

base::Result<std::string> outputOf(const std::vector<std::string>& command,
                                   std::chrono::seconds limit) {
  const auto loop = base::makeLoop();
  MC_TRY_ASSIGN(const auto capture, Capture::open(*loop, kMaxOutput));
  const base::Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  base::Command child;
  child.argv = command;
  child.stdoutFd = capture->writeFd();
  child.stderrFd = nowhere.get();
  MC_TRY_ASSIGN(const int status, runToEnd(*loop, child, limit));
  if (status == 0) return capture->text();
  return base::fail(EIO, command[0] + " failed with exit status " + std::to_string(status));
}

int cantRun(const base::Error& error) {
  std::fprintf(stderr, "minicluster-entry: %s\n", error.message.c_str());
  return error.errnum == ENOENT ? 127 : 126;
}

}  // namespace mc::entry
