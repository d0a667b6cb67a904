#include "entry/subcommands.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/fd.hpp"
#include "entry/environment.hpp"
#include "entry/foreground.hpp"
#include "entry/messages.hpp"
#include "entry/settings.hpp"
#include "entry/stopwatch.hpp"

namespace mc::entry {
namespace {

std::vector<char*> argvOf(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

/// The name of a file of the layout below kMountPath.
std::string fileName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

base::Status copyContent(int from, int to, const std::string& path) {
  struct stat facts = {};
  if (::fstat(from, &facts) != 0) return base::failErrno(path);
  for (off_t left = facts.st_size; left > 0;) {
    const ssize_t sent = ::sendfile(to, from, nullptr, static_cast<size_t>(left));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return base::failErrno(path);
    if (sent == 0) return base::fail(EIO, path + ": shorter than it was");
    left -= sent;
  }
  return {};
}

base::Status copyProgram(const std::string& source, const std::string& target) {
  const base::Fd from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from) return base::failErrno(source);
  const std::string part = target + ".part";
  (void)::unlink(part.c_str());
  const base::Fd to(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));
  if (!to) return base::failErrno(part);
  MC_TRY(copyContent(from.get(), to.get(), part));
  // Whatever the umask says, other users run it.
  if (::fchmod(to.get(), 0755) != 0) return base::failErrno(part);
  if (::rename(part.c_str(), target.c_str()) != 0) return base::failErrno(target);
  return {};
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

int install(const std::string& self, const std::string& directory) {
  const std::string beside = self.substr(0, self.rfind('/') + 1);
  for (const char* name : {kEntryFile, kFluxFile}) {
    const std::string file = fileName(name);
    const auto copied =
        copyProgram(name == kEntryFile ? self : beside + file, directory + "/" + file);
    if (copied) continue;
    std::fprintf(stderr, "minicluster-entry: %s\n", copied.error().message.c_str());
    return 1;
  }
  return 0;
}

int runTimed(const std::string& name, const std::vector<std::string>& command) {
  const base::SystemClock clock;
  const Stopwatch watch(clock);
  const auto status = runForeground(command);
  if (!status) return cantRun(status.error());
  std::fputs(fluxTime(name, watch.elapsed()).c_str(), stderr);
  return *status;
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
