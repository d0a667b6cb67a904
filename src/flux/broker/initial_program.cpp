#include "flux/broker/initial_program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mc::flux::broker {
namespace {

std::string shell() {
  const char* chosen = ::getenv("SHELL");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return ::access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
}

}  // namespace

InitialCommand InitialCommand::make(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return {{shell()}, shell()};
  if (arguments.size() == 1) return {{shell(), "-c", arguments[0]}, arguments[0]};
  InitialCommand command{arguments, {}};
  for (const auto& word : arguments) command.shown += (command.shown.empty() ? "" : " ") + word;
  return command;
}

InitialProgram::InitialProgram(base::Loop& loop, base::ProcessRunner& runner,
                               InitialCommand command)
    : loop_(loop), runner_(runner), command_(std::move(command)) {}

void InitialProgram::start(Environment environment, bool ownGroup,
                           std::function<void(const Outcome&)> done) {
  done_ = std::move(done);
  started_ = loop_.clock().steady();
  base::Command spec;
  spec.argv = command_.argv;
  spec.environment = std::move(environment);
  spec.stdinFd = 0;
  // The leader of a group shares it, so that the keys of a terminal reach both.
  ownGroup_ = ownGroup || ::getpgrp() != ::getpid();
  spec.newGroup = ownGroup_;
  const auto pid = runner_.spawn(spec);
  if (!pid) return finish(pid.error().errnum == ENOENT ? 127 : 126, pid.error().message);
  pid_ = *pid;
  foreground_ = ownGroup_ && ::isatty(0) != 0 && ::tcgetpgrp(0) == ::getpgrp();
  if (foreground_) toForeground();
  child_ = loop_.child(pid_, [this](int status) { onExit(status); });
}

void InitialProgram::toForeground() const {
  ::tcsetpgrp(0, pid_);
  ::kill(-pid_, SIGCONT);  // it may have tried to read before the terminal was its own
}

void InitialProgram::abort() {
  aborted_ = true;
  if (pid_ > 0) ::kill(ownGroup_ ? -pid_ : pid_, SIGHUP);
}

void InitialProgram::onExit(int waitStatus) {
  pid_ = -1;
  if (foreground_) {
    // We are in the background now, and setting the terminal's group would stop us.
    const auto old = std::signal(SIGTTOU, SIG_IGN);
    ::tcsetpgrp(0, ::getpgrp());
    std::signal(SIGTTOU, old);
  }
  const int code = base::exitCode(waitStatus);
  if (code == 0 && aborted_) return finish(1, "aborted after exit with rc=0");
  finish(code, WIFSIGNALED(waitStatus) ? ::strsignal(WTERMSIG(waitStatus)) : "Exited");
}

void InitialProgram::finish(int code, const std::string& how) {
  const double seconds = std::chrono::duration<double>(loop_.clock().steady() - started_).count();
  char tail[64];
  std::snprintf(tail, sizeof tail, " (rc=%d) %.1fs", code, seconds);
  Outcome outcome{code, command_.shown + " " + how + tail};
  loop_.post([done = done_, outcome = std::move(outcome)] { done(outcome); });
}

}  // namespace mc::flux::broker
