#pragma once
// The barrier of a job's shells with the execution service, on the shell's standard streams: each
// shell writes "enter\n", and reads "exit=0\n" when all have (or "exit=1\n": the job is over).
//
// Thread-safety: none.

#include <functional>
#include <string>

#include "base/loop.hpp"
#include "base/status.hpp"

namespace mc::flux::shell {

class Barrier {
 public:
  Barrier(base::Loop& loop, int in, int out) : loop_(loop), in_(in), out_(out) {}

  /// Whether the execution service wants a barrier (FLUX_EXEC_PROTOCOL=stdio).
  static bool isWanted();

  /// Enters; `left` is called once, with an error if the barrier is broken.
  void enter(std::function<void(const base::Status&)> left);

 private:
  void readSome();
  void finish(const base::Status& status);

  base::Loop& loop_;
  int in_;
  int out_;
  std::string line_;
  base::Watch watch_;
  std::function<void(const base::Status&)> left_;
};

}  // namespace mc::flux::shell
