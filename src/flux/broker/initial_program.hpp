#pragma once
// The initial program ("rc2"): what rank 0 runs when the instance is up, and whose end is the
// instance's end.
//
// Thread-safety: none; belongs to the broker's thread.

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/process.hpp"
#include "flux/broker/environment.hpp"

namespace mc::flux::broker {

/// What to run: `arguments` as they are; a single one goes through the user's shell, as in
/// `flux start "a; b"`; none means an interactive shell.
struct InitialCommand {
  std::vector<std::string> argv;
  std::string shown;  ///< in the log

  static InitialCommand make(const std::vector<std::string>& arguments);
};

class InitialProgram {
 public:
  /// How it ended, e.g. {9, "sh -c exit 9 Exited (rc=9) 0.0s"}.
  struct Outcome {
    int code = 0;
    std::string text;
  };

  InitialProgram(base::Loop& loop, base::ProcessRunner& runner, InitialCommand command);

  /// Starts it on our standard input, output and error. `ownGroup`: in a process group of its own
  /// even if we lead ours. `done` is called once, in a later turn of the loop.
  void start(Environment environment, bool ownGroup, std::function<void(const Outcome&)> done);
  [[nodiscard]] bool running() const { return pid_ > 0; }
  /// Ends it by SIGHUP, as a terminal would that goes away.
  void abort();

 private:
  void toForeground() const;
  void finish(int code, const std::string& how);
  void onExit(int waitStatus);

  base::Loop& loop_;
  base::ProcessRunner& runner_;
  InitialCommand command_;
  std::function<void(const Outcome&)> done_;
  std::chrono::steady_clock::time_point started_;
  pid_t pid_ = -1;
  bool ownGroup_ = false;
  bool aborted_ = false;
  bool foreground_ = false;
  base::Watch child_;
};

}  // namespace mc::flux::broker
