#include "entry/supervisor.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "base/fd.hpp"

namespace mc::entry {
namespace {

using std::chrono::seconds;

/// More seconds than a Loop can count in nanoseconds are no limit.
constexpr seconds kLongest{4'000'000'000};

seconds bounded(seconds duration) {
  return std::min(std::max(duration, seconds(0)), kLongest);
}

/// Our children, inherited ones included; empty where the kernel does not tell.
std::vector<pid_t> children() {
  const std::string self = std::to_string(::getpid());
  std::istringstream list(
      base::readFile("/proc/" + self + "/task/" + self + "/children").value_or(""));
  std::vector<pid_t> pids;
  for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  return pids;
}

bool isFlux(Kind kind) {
  return kind == Kind::Flux || kind == Kind::FluxGroup;
}

}  // namespace

Supervisor::Supervisor(base::Loop& loop, base::ProcessRunner& runner, const Messages& messages,
                       const Limits& limits)
    : loop_(loop), runner_(runner), messages_(messages), limits_(limits) {
  if (::getpid() != 1) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  watchSignals();
  if (limits_.deadline.count() <= 0) return;
  deadline_ = loop_.after(bounded(limits_.deadline), [this] {
    messages_.error("DeadlineExceeded: running longer than deadlineSeconds (" +
                    std::to_string(limits_.deadline.count()) + " s)");
    requestStop(SIGTERM, kDeadlineExceeded);
  });
}

void Supervisor::watchSignals() {
  signals_.push_back(loop_.signal(SIGCHLD, [this] { reap(); }));
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT})
    signals_.push_back(loop_.signal(signal, [this, signal] { requestStop(signal, 128 + signal); }));
  for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH})
    signals_.push_back(loop_.signal(signal, [this, signal] { pass(signal); }));
}

base::Result<int> Supervisor::run(const base::Command& command, Kind kind) {
  if (killed_ || (stopping_ && kind != Kind::Post))
    return base::fail(ECANCELED, command.argv.at(0) + " is not started: told to stop");
  base::Command grouped = command;
  // A terminal's foreground group must not be left by the program that reads from it.
  grouped.newGroup = kind == Kind::Hook || kind == Kind::Post || ::isatty(0) == 0;
  MC_TRY_ASSIGN(const pid_t pid, runner_.spawn(grouped));
  current_ = Current{pid, kind, std::nullopt};
  while (!current_->status) loop_.run();
  const int code = base::exitCode(*current_->status);
  current_.reset();
  return code;
}

bool Supervisor::wait(const std::function<bool()>& done) {
  while (!stopping_ && !done()) loop_.run();
  return !stopping_;
}

void Supervisor::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
    if (current_ && pid == current_->pid) current_->status = status;
  loop_.stop();
}

void Supervisor::pass(int signal) {
  if (current_ && isFlux(current_->kind)) endCurrent(signal);
}

void Supervisor::requestStop(int signal, int status) {
  if (!stopping_) {
    stopping_ = true;
    stopStatus_ = status;
    killTimer_ = loop_.after(bounded(limits_.grace), [this] { kill(); });
  }
  if (current_) endCurrent(isFlux(current_->kind) ? signal : SIGTERM);
  loop_.stop();
}

void Supervisor::endCurrent(int signal) {
  const bool group = current_->kind != Kind::Flux && ::getpgid(current_->pid) == current_->pid;
  ::kill(group ? -current_->pid : current_->pid, signal);
}

/// The grace period is over.
void Supervisor::kill() {
  killed_ = true;
  if (current_) {
    messages_.error("not ended within " + std::to_string(limits_.grace.count()) + " s: killed");
    endCurrent(SIGKILL);
    ::kill(current_->pid, SIGKILL);
  }
  if (::getpid() == 1) ::kill(-1, SIGKILL);
}

void Supervisor::endChildren() {
  if (endChildrenWith(SIGTERM, std::min(kLeftoverGrace, bounded(limits_.grace)))) return;
  endChildrenWith(SIGKILL, std::nullopt);
}

/// Children of a child that ends come to us in turn. True once there are none.
bool Supervisor::endChildrenWith(int signal, std::optional<seconds> patience) {
  bool expired = false;
  base::Watch timer;
  if (patience) {
    timer = loop_.after(*patience, [this, &expired] {
      expired = true;
      loop_.stop();
    });
  }
  std::set<pid_t> signalled;
  while (!expired) {
    reap();
    const auto left = children();
    if (left.empty()) return true;
    for (const pid_t pid : left)
      if (signalled.insert(pid).second) ::kill(pid, signal);
    loop_.run();
  }
  return false;
}

}  // namespace mc::entry
