#include "base/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/fd.hpp"

namespace mc::base {
namespace {

/// Everything the child needs, prepared before it is made: until its exec it runs in our memory
/// while the thread that made it waits (vfork(2)), and makes only async-signal-safe calls.
struct Prepared {
  std::string program;
  std::vector<char*> argv;
  std::vector<std::string> environmentText;
  std::vector<char*> environment;
  const Command* command = nullptr;
  int errorFd = -1;
  pid_t parent = 0;
};

/// Why the child could not become the program.
struct Refusal {
  int errnum = 0;
  bool ofDirectory = false;  ///< or of the program, as far as its user need know
};

[[noreturn]] void reportAndExit(const Prepared& prepared, bool ofDirectory = false) {
  const Refusal refusal{errno, ofDirectory};
  [[maybe_unused]] const auto n = ::write(prepared.errorFd, &refusal, sizeof refusal);
  ::_exit(127);
}

/// All dispositions as after boot. Handlers must be gone before a signal can come in, for they
/// would run in the child and change our memory.
void resetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action{};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool redirect(int from, int to) {
  if (from == to) return ::fcntl(to, F_SETFD, 0) == 0;
  return ::dup2(from, to) >= 0;
}

/// Moves `fd` above 2, so that it is not overwritten while 0, 1 and 2 are set up.
int aboveStdio(int fd) {
  return fd < 0 || fd > 2 ? fd : ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

bool setUpStdio(const Command& c) {
  const int in = c.stdinFd >= 0 ? aboveStdio(c.stdinFd) : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = aboveStdio(c.stdoutFd);
  const int err = aboveStdio(c.stderrFd);
  return redirect(in, 0) && (out < 0 || redirect(out, 1)) && (err < 0 || redirect(err, 2));
}

bool keepInherited(const Command& c) {
  // Libraries may have opened files without O_CLOEXEC. Linux before 5.11 lacks this flag.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int fd : c.inheritedFds)
    if (::fcntl(fd, F_SETFD, 0) != 0) return false;
  return true;
}

/// By system calls: the C library's functions would change the user of all our own threads, too.
bool dropUser(const Command& c) {
  if (c.gid && ::syscall(SYS_setgroups, c.groups.size(), c.groups.data()) != 0 && ::geteuid() == 0)
    return false;
  if (c.gid && ::syscall(SYS_setgid, *c.gid) != 0) return false;
  return !c.uid || ::syscall(SYS_setuid, *c.uid) == 0;
}

bool setUpSession(const Command& c, pid_t parent) {
  if (c.dieWithParent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent ended before prctl took hold
  }
  if (c.newSession && ::setsid() < 0) return false;
  if (c.newSession && ::isatty(0)) ::ioctl(0, TIOCSCTTY, 0);
  return !c.newGroup || c.newSession || ::setpgid(0, 0) == 0;
}

void setLimits(const Command& c) {
  for (const auto& [resource, value] : c.softLimits) {
    const auto which = static_cast<__rlimit_resource_t>(resource);
    rlimit limit{};
    if (::getrlimit(which, &limit) != 0) continue;
    const rlim_t wanted = std::min<rlim_t>(value, limit.rlim_max);
    if (limit.rlim_cur == wanted) continue;
    limit.rlim_cur = wanted;
    ::setrlimit(which, &limit);
  }
}

[[noreturn]] void runChild(const Prepared& prepared) {
  const Command& c = *prepared.command;
  resetSignals();
  if (!setUpStdio(c) || !keepInherited(c) || !setUpSession(c, prepared.parent) || !dropUser(c))
    reportAndExit(prepared);
  if (!c.directory.empty() && ::chdir(c.directory.c_str()) != 0) reportAndExit(prepared, true);
  setLimits(c);
  // setuid(2) clears the parent-death signal.
  if (c.dieWithParent && c.uid) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::execve(prepared.program.c_str(), prepared.argv.data(), prepared.environment.data());
  reportAndExit(prepared);
}

std::string searchPath(const Command& command) {
  if (command.environment) {
    const auto found = command.environment->find("PATH");
    if (found != command.environment->end()) return found->second;
  } else if (const char* path = ::getenv("PATH")) {
    return path;
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

Result<Prepared> prepare(const Command& command) {
  if (command.argv.empty()) return fail(EINVAL, "no command given");
  Prepared p;
  p.command = &command;
  p.parent = ::getpid();
  const auto program = findProgram(command.argv[0], searchPath(command));
  if (!program) return fail(ENOENT, command.argv[0] + ": " + std::strerror(ENOENT));
  p.program = *program;
  for (const auto& word : command.argv) p.argv.push_back(const_cast<char*>(word.c_str()));
  p.argv.push_back(nullptr);
  if (command.environment) {
    for (const auto& [key, value] : *command.environment)
      p.environmentText.push_back(key + "=" + value);
    for (auto& text : p.environmentText) p.environment.push_back(text.data());
  } else {
    for (char** entry = environ; *entry != nullptr; ++entry) p.environment.push_back(*entry);
  }
  p.environment.push_back(nullptr);
  return p;
}

/// vfork(2) instead of fork(2): nothing of a large process is copied. No signal is handled by
/// either of us until the child has its own dispositions and we go on.
pid_t makeChild(const Prepared& prepared) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) runChild(prepared);
  const int errnum = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = errnum;
  return pid;
}

/// Waits for the exec: end of file means that it happened, a refusal that it did not.
Result<pid_t> awaitExec(pid_t pid, int errorFd, const Command& command) {
  Refusal refusal;
  ssize_t n = 0;
  do {
    n = ::read(errorFd, &refusal, sizeof refusal);
  } while (n < 0 && errno == EINTR);
  if (n == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  std::string text = command.argv[0];
  if (refusal.ofDirectory) text += ": working directory " + command.directory;
  return fail(refusal.errnum, text + ": " + std::strerror(refusal.errnum));
}

}  // namespace

Result<pid_t> SystemProcessRunner::spawn(const Command& command) {
  MC_TRY_ASSIGN(Prepared prepared, prepare(command));
  MC_TRY_ASSIGN(Pipe errors, makePipe());
  prepared.errorFd = errors.write.get();
  const pid_t pid = makeChild(prepared);
  if (pid < 0) return failErrno("vfork");
  errors.write.reset();
  return awaitExec(pid, errors.read.get(), command);
}

int exitCode(int waitStatus) {
  return WIFSIGNALED(waitStatus) ? 128 + WTERMSIG(waitStatus) : WEXITSTATUS(waitStatus);
}

std::optional<std::string> findProgram(const std::string& program, const std::string& path) {
  if (program.find('/') != std::string::npos) return program;
  if (program.empty()) return std::nullopt;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    const std::string directory = end == begin ? "." : path.substr(begin, end - begin);
    const std::string candidate = directory + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace mc::base
