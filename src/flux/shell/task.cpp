#include "flux/shell/task.hpp"

#include <unistd.h>

#include <csignal>

namespace mc::flux::shell {

namespace {

constexpr size_t kReadSize = 64u << 10;
/// A line longer than this is passed on in pieces.
constexpr size_t kMaxLine = 64u << 10;
/// What a terminal in its usual mode takes for the end of input (ctrl-D).
constexpr const char* kEndOfInput = "\004";

}  // namespace

Task::Task(base::Loop& loop, uint32_t rank, Events events)
    : loop_(loop), rank_(rank), events_(std::move(events)) {}

base::Status Task::start(base::ProcessRunner& runner, base::Command command, Streams streams) {
  MC_TRY_ASSIGN(base::Pipe out, base::makePipe());
  MC_TRY_ASSIGN(base::Pipe err, base::makePipe());
  base::Pipe in;
  if (streams.pipeInput) {
    MC_TRY_ASSIGN(in, base::makePipe());
    MC_TRY(base::setNonblocking(in.write.get()));
    command.stdinFd = in.read.get();
  }
  command.stdoutFd = out.write.get();
  command.stderrFd = err.write.get();
  MC_TRY(spawn(runner, command));
  input_ = std::move(in.write);
  if (input_ && (inputEof_ || !inputQueue_.empty())) writeSome();
  out_.fd = std::move(out.read);
  err_.fd = std::move(err.read);
  out_.lineBuffered = streams.lineBufferOut;
  err_.lineBuffered = streams.lineBufferErr;
  for (Output* output : {&out_, &err_}) {
    MC_TRY(base::setNonblocking(output->fd.get()));
    watchOutput(*output);
  }
  return {};
}

base::Status Task::startOnTerminal(base::ProcessRunner& runner, base::Command command,
                                   std::unique_ptr<Terminal> terminal, bool capture) {
  MC_TRY_ASSIGN(const base::Fd side, terminal->taskSide());
  command.stdinFd = command.stdoutFd = command.stderrFd = side.get();
  command.newSession = true;
  MC_TRY(spawn(runner, command));
  terminal_ = std::move(terminal);
  terminal_->start({[this, capture](std::string bytes) {
                      if (capture) emit(out_, std::move(bytes), false);
                    },
                    [this] {
                      emit(out_, {}, true);
                      emit(err_, {}, true);
                    }});
  for (const std::string& data : std::exchange(inputQueue_, {})) terminal_->write(data);
  inputBytes_ = 0;
  if (inputEof_) terminal_->write(kEndOfInput);
  return {};
}

base::Status Task::spawn(base::ProcessRunner& runner, const base::Command& command) {
  MC_TRY_ASSIGN(pid_, runner.spawn(command));
  running_ = true;
  child_ = loop_.child(pid_, [this](int status) {
    const base::Watch self = std::move(child_);
    running_ = false;
    closeInput();
    if (terminal_) terminal_->exited(status);
    events_.exited(status);
  });
  return {};
}

void Task::signal(int number) const {
  if (pid_ < 0 || done()) return;
  // Also when the task itself has ended: what it left behind in its group still holds its output.
  if (::kill(-pid_, number) != 0 && running_) ::kill(pid_, number);
}

void Task::watchOutput(Output& output) {
  if (output.fd && !paused_)
    output.watch = loop_.readable(output.fd.get(), [this, &output] { readOutput(output); });
}

void Task::pauseOutput(bool paused) {
  if (paused == paused_) return;
  paused_ = paused;
  if (terminal_) terminal_->pause(paused);
  for (Output* output : {&out_, &err_}) {
    output->watch.reset();
    watchOutput(*output);
  }
}

void Task::readOutput(Output& output) {
  char buffer[kReadSize];
  const ssize_t n = ::read(output.fd.get(), buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    output.watch.reset();
    output.fd.reset();
    return emit(output, std::exchange(output.partial, {}), true);
  }
  output.partial.append(buffer, static_cast<size_t>(n));
  const size_t newline = output.partial.rfind('\n');
  size_t ready = newline == std::string::npos ? 0 : newline + 1;
  if (!output.lineBuffered || output.partial.size() - ready > kMaxLine)
    ready = output.partial.size();
  if (ready == 0) return;
  std::string data = output.partial.substr(0, ready);
  output.partial.erase(0, ready);
  emit(output, std::move(data), false);
}

// An end without data and data without end are one event each, as flux-core writes them.
void Task::emit(Output& output, std::string data, bool eof) {
  const std::string rank = std::to_string(rank_);
  if (!data.empty()) events_.output({output.name, rank, std::move(data), false});
  if (eof) events_.output({output.name, rank, {}, true});
}

void Task::writeInput(std::string data, bool eof) {
  if (inputEof_ || (pid_ > 0 && !input_ && !terminal_)) return;
  inputEof_ = eof;
  if (terminal_) {
    terminal_->write(data);
    if (eof) terminal_->write(kEndOfInput);
    return;
  }
  if (!data.empty()) {
    inputBytes_ += data.size();
    inputQueue_.push_back(std::move(data));
  }
  if (input_ && !inputWatch_) writeSome();
}

void Task::writeSome() {
  while (!inputQueue_.empty()) {
    const std::string& head = inputQueue_.front();
    const ssize_t n = ::write(input_.get(), head.data() + inputOffset_, head.size() - inputOffset_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      if (!inputWatch_) inputWatch_ = loop_.writable(input_.get(), [this] { writeSome(); });
      return events_.inputProgress();
    }
    if (n < 0) return closeInput();  // EPIPE: the task does not read any more
    inputOffset_ += static_cast<size_t>(n);
    inputBytes_ -= static_cast<size_t>(n);
    if (inputOffset_ < head.size()) continue;
    inputQueue_.pop_front();
    inputOffset_ = 0;
  }
  inputWatch_.reset();
  if (inputEof_) return closeInput();
  events_.inputProgress();
}

void Task::closeInput() {
  inputWatch_.reset();
  input_.reset();
  inputQueue_.clear();
  inputBytes_ = inputOffset_ = 0;
  events_.inputProgress();
}

}  // namespace mc::flux::shell
