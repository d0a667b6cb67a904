#include "flux/services/rexec/process.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>

namespace mc::flux::services::rexec {
namespace {

base::Result<base::Pipe> makeSocketPair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return base::failErrno("socketpair");
  return base::Pipe{base::Fd(ends[0]), base::Fd(ends[1])};
}

base::Fd duplicate(const base::Fd& fd) {
  return base::Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace

/// The pipes of a process that is about to start: `ours` stay, the others go to the child.
struct Process::Ends {
  base::Fd stdinOurs, stdinChild;
  base::Fd stdoutOurs, stdoutChild;
  base::Fd stderrOurs, stderrChild;
  struct Channel {
    std::string name;
    base::Fd ours, child;
  };
  std::vector<Channel> channels;

  base::Status openOutput(base::Fd& ours, base::Fd& child) {
    MC_TRY_ASSIGN(base::Pipe pipe, base::makePipe());
    ours = std::move(pipe.read);
    child = std::move(pipe.write);
    return base::setNonblocking(ours.get());
  }

  base::Status openInput() {
    // A socket pair, as in flux-core: a process may tell by it that its client is gone.
    MC_TRY_ASSIGN(base::Pipe pipe, makeSocketPair());
    stdinOurs = std::move(pipe.write);
    stdinChild = std::move(pipe.read);
    return base::setNonblocking(stdinOurs.get());
  }

  base::Status openChannel(const std::string& name) {
    MC_TRY_ASSIGN(base::Pipe pipe, makeSocketPair());
    MC_TRY(base::setNonblocking(pipe.read.get()));
    channels.push_back({name, std::move(pipe.read), std::move(pipe.write)});
    return {};
  }

  base::Status open(const ExecCommand& command, const Options& options) {
    if ((options.localFlags & kStdioFallthrough) == 0) {
      if (options.input) MC_TRY(openInput());
      if ((options.flags & kForwardStdout) != 0) MC_TRY(openOutput(stdoutOurs, stdoutChild));
      if ((options.flags & kForwardStderr) != 0) MC_TRY(openOutput(stderrOurs, stderrChild));
    }
    for (const auto& name : command.channels) MC_TRY(openChannel(name));
    return {};
  }
};

base::Result<std::unique_ptr<Process>> Process::start(
    base::Loop& loop, base::ProcessRunner& runner, const ExecCommand& command,
    std::map<std::string, std::string> environment, const Options& options, Handlers handlers) {
  std::unique_ptr<Process> process(new Process(loop, std::move(handlers)));
  MC_TRY(process->spawn(runner, command, std::move(environment), options));
  return process;
}

base::Status Process::spawn(base::ProcessRunner& runner, const ExecCommand& command,
                            std::map<std::string, std::string> environment,
                            const Options& options) {
  Ends ends;
  MC_TRY(ends.open(command, options));
  base::Command spec;
  spec.argv = command.argv;
  spec.directory = command.cwd;
  const bool fallthrough = (options.localFlags & kStdioFallthrough) != 0;
  spec.stdinFd = fallthrough ? 0 : ends.stdinChild.get();
  spec.stdoutFd = ends.stdoutChild.get();
  spec.stderrFd = ends.stderrChild.get();
  ownGroup_ = (options.localFlags & kNoSetpgrp) == 0;
  spec.newGroup = ownGroup_;
  // Without its broker a process has nobody to report to.
  spec.dieWithParent = true;
  for (const auto& channel : ends.channels) {
    spec.inheritedFds.push_back(channel.child.get());
    environment[channel.name] = std::to_string(channel.child.get());
  }
  spec.environment = std::move(environment);
  MC_TRY_ASSIGN(pid_, runner.spawn(spec));
  if (ends.stdinOurs) addInput("stdin", std::move(ends.stdinOurs));
  if (ends.stdoutOurs) addOutput("stdout", std::move(ends.stdoutOurs), command);
  if (ends.stderrOurs) addOutput("stderr", std::move(ends.stderrOurs), command);
  for (auto& channel : ends.channels) {
    addInput(channel.name, duplicate(channel.ours));
    addOutput(channel.name, std::move(channel.ours), command);
  }
  child_ = loop_.child(pid_, [this](int status) {
    waitStatus_ = status;
    handlers_.exited(status);
    checkDone();
  });
  return {};
}

Process::~Process() {
  if (pid_ <= 0) return;
  // What it started may live on in its group and hold its output open.
  if (!waitStatus_ || (ownGroup_ && !outputsEnded())) ::kill(ownGroup_ ? -pid_ : pid_, SIGKILL);
}

bool Process::outputsEnded() const {
  return std::all_of(outputs_.begin(), outputs_.end(),
                     [](const auto& output) { return output.second->atEnd(); });
}

void Process::addInput(const std::string& name, base::Fd fd) {
  inputs_[name] = std::make_unique<InputPipe>(
      loop_, std::move(fd), [this, name](size_t bytes) { handlers_.taken(name, bytes); });
}

void Process::addOutput(const std::string& name, base::Fd fd, const ExecCommand& command) {
  outputs_[name] = std::make_unique<OutputPipe>(loop_, std::move(fd), command.lineBuffered(name),
                                                command.bufferSize(name),
                                                [this, name](std::string data, bool eof) {
                                                  handlers_.output(name, std::move(data), eof);
                                                  if (eof) checkDone();
                                                });
}

base::Status Process::write(const std::string& stream, std::string data, bool eof) {
  const auto found = inputs_.find(stream);
  if (found == inputs_.end()) return {};
  MC_TRY(found->second->write(std::move(data)));
  if (eof) found->second->end();
  return {};
}

base::Status Process::kill(int signum) const {
  if (waitStatus_) return base::fail(ESRCH, "process has exited");
  if (::kill(ownGroup_ ? -pid_ : pid_, signum) != 0) return base::failErrno("kill");
  return {};
}

void Process::checkDone() {
  if (waitStatus_ && outputsEnded()) handlers_.done();
}

}  // namespace mc::flux::services::rexec
