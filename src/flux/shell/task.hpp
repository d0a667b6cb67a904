#pragma once
// One task of a job: its process and its three standard streams.
//
// Thread-safety: none; lives on its loop.

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/process.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/shell/terminal.hpp"

namespace mc::flux::shell {

class Task {
 public:
  struct Events {
    /// Output of the task; `eof` closes a stream.
    std::function<void(formats::IoData)> output;
    std::function<void(int waitStatus)> exited;
    /// The queue of its input has got shorter.
    std::function<void()> inputProgress;
  };
  struct Streams {
    bool pipeInput = true;      ///< false: `command.stdinFd` is used as it is
    bool lineBufferOut = true;  ///< hold back what is not yet a whole line
    bool lineBufferErr = false;
  };

  /// `events` may be called until the task is destroyed.
  Task(base::Loop& loop, uint32_t rank, Events events);

  /// Starts the process; the three descriptors of `command` are set here.
  base::Status start(base::ProcessRunner& runner, base::Command command, Streams streams);
  /// The same on a terminal, which becomes the controlling one. With `capture` what comes from it
  /// is output on stdout.
  base::Status startOnTerminal(base::ProcessRunner& runner, base::Command command,
                               std::unique_ptr<Terminal> terminal, bool capture);
  /// Null where the task has none.
  [[nodiscard]] Terminal* terminal() const { return terminal_.get(); }

  [[nodiscard]] uint32_t rank() const { return rank_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running() const { return running_; }
  /// The process has ended and its output streams are closed.
  [[nodiscard]] bool done() const {
    return !running_ && !out_.fd && !err_.fd && (!terminal_ || terminal_->closed());
  }

  /// Sends a signal to the task and its children.
  void signal(int number) const;

  /// Queues input; dropped where the task no longer reads.
  void writeInput(std::string data, bool eof);
  [[nodiscard]] size_t inputBacklog() const {
    return inputBytes_ + (terminal_ ? terminal_->backlog() : 0);
  }

  /// Stops or resumes reading the task's output, so that it waits when nobody can take more.
  void pauseOutput(bool paused);

 private:
  struct Output {
    const char* name;
    bool lineBuffered = false;
    base::Fd fd;
    base::Watch watch;
    std::string partial;  ///< the begin of a line
  };

  base::Status spawn(base::ProcessRunner& runner, const base::Command& command);
  void watchOutput(Output& output);
  void readOutput(Output& output);
  void emit(Output& output, std::string data, bool eof);
  void writeSome();
  void closeInput();

  base::Loop& loop_;
  uint32_t rank_;
  Events events_;
  pid_t pid_ = -1;
  bool running_ = false;
  bool paused_ = false;
  base::Watch child_;
  Output out_{"stdout", true, {}, {}, {}};
  Output err_{"stderr", false, {}, {}, {}};
  std::unique_ptr<Terminal> terminal_;
  base::Fd input_;
  base::Watch inputWatch_;
  std::deque<std::string> inputQueue_;
  size_t inputOffset_ = 0;
  size_t inputBytes_ = 0;
  bool inputEof_ = false;
};

}  // namespace mc::flux::shell
