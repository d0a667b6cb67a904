#pragma once
// An instance of several brokers on this machine, for tests and for trying things out
// (`flux start --test-size=N`).
//
// Thread-safety: none; lives on its loop's thread.

#include <map>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "base/process.hpp"
#include "flux/broker/command_line.hpp"

namespace mc::flux::broker {

class TestInstance {
 public:
  /// `program`: the `flux` program; `rundir`: a directory for the sockets of all brokers.
  TestInstance(base::Loop& loop, base::ProcessRunner& runner, StartOptions options,
               std::string program, std::string rundir);

  /// The command line of a broker.
  [[nodiscard]] std::vector<std::string> commandOf(uint32_t rank) const;

  /// Starts all brokers, and stops the loop when the last one has ended. If one cannot be started,
  /// the others are ended.
  base::Status start();
  /// The largest exit status of a broker, or that of the leader (--test-exit-mode).
  [[nodiscard]] int exitCode() const { return exitCode_; }

 private:
  struct Running {
    pid_t pid;
    base::Watch watch;
  };
  base::Status startBroker(uint32_t rank);
  void onExit(uint32_t rank, int waitStatus);
  void signalAll(int signum) const;

  base::Loop& loop_;
  base::ProcessRunner& runner_;
  StartOptions options_;
  std::string program_;
  std::string rundir_;
  std::map<uint32_t, Running> running_;
  int exitCode_ = 0;
  base::Watch killTimer_;
  base::Watch terminate_;
};

}  // namespace mc::flux::broker
