#pragma once
// A process that is run for a client: started, fed, listened to, waited for.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/loop.hpp"
#include "base/process.hpp"
#include "flux/services/rexec/command.hpp"
#include "flux/services/rexec/pipes.hpp"

namespace mc::flux::services::rexec {

class Process {
 public:
  /// None may destroy the Process.
  struct Handlers {
    std::function<void(const std::string& stream, std::string data, bool eof)> output;
    /// The process has taken so many bytes of its input.
    std::function<void(const std::string& stream, size_t bytes)> taken;
    std::function<void(int waitStatus)> exited;
    /// It has exited, and its output has come to its end.
    std::function<void()> done;
  };
  struct Options {
    int64_t flags = 0;
    int64_t localFlags = 0;
    bool input = true;  ///< false: stdin is at its end from the start
  };

  /// Starts the command; `environment` is the whole one. Fails with the errno of what failed
  /// (ENOENT: no such program).
  static base::Result<std::unique_ptr<Process>> start(
      base::Loop& loop, base::ProcessRunner& runner, const ExecCommand& command,
      std::map<std::string, std::string> environment, const Options& options, Handlers handlers);

  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::optional<int> waitStatus() const { return waitStatus_; }
  /// Streams that can be written to.
  [[nodiscard]] const std::map<std::string, std::unique_ptr<InputPipe>>& inputs() const {
    return inputs_;
  }

  /// Data for a stream that there is none of is dropped.
  base::Status write(const std::string& stream, std::string data, bool eof);
  /// To the whole process group; ESRCH once the process has exited.
  base::Status kill(int signum) const;

 private:
  struct Ends;
  Process(base::Loop& loop, Handlers handlers) : loop_(loop), handlers_(std::move(handlers)) {}
  base::Status spawn(base::ProcessRunner& runner, const ExecCommand& command,
                     std::map<std::string, std::string> environment, const Options& options);
  void addInput(const std::string& name, base::Fd fd);
  void addOutput(const std::string& name, base::Fd fd, const ExecCommand& command);
  [[nodiscard]] bool outputsEnded() const;
  void checkDone();

  base::Loop& loop_;
  Handlers handlers_;
  pid_t pid_ = -1;
  bool ownGroup_ = true;
  std::optional<int> waitStatus_;
  std::map<std::string, std::unique_ptr<InputPipe>> inputs_;
  std::map<std::string, std::unique_ptr<OutputPipe>> outputs_;
  base::Watch child_;
};

}  // namespace mc::flux::services::rexec
