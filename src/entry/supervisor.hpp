#pragma once
// The duties of a container's first process: it starts the others, passes signals on, reaps every
// child that ends, also those it inherits, and leaves none behind.
//
// SIGTERM, SIGINT and SIGQUIT ask to stop; after the grace period everything left is killed.
// SIGHUP, SIGUSR1, SIGUSR2 and SIGWINCH are only passed on to Flux.
//
// It also works below another first process (a shared process namespace): orphans then come to it
// as their subreaper, see prctl(2). Thread-safety: none; there is one in a process.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <set>
#include <vector>

#include "base/loop.hpp"
#include "entry/messages.hpp"
#include "entry/processes.hpp"

namespace mc::entry {

struct Limits {
  std::chrono::seconds grace{30};
  std::chrono::seconds deadline{0};  ///< from now on; 0: none
};

class Supervisor final : public Processes {
 public:
  Supervisor(base::Loop& loop, base::ProcessRunner& runner, const Messages& messages,
             const Limits& limits);

  base::Result<int> run(const base::Command& command, Kind kind) override;
  bool wait(const std::function<bool()>& done) override;
  [[nodiscard]] bool stopping() const override { return stopping_; }
  [[nodiscard]] int stopStatus() const override { return stopStatus_; }

  /// Ends whatever hooks and Flux have left running: SIGTERM, and SIGKILL to what is there after
  /// kLeftoverGrace.
  void endChildren();

  static constexpr std::chrono::seconds kLeftoverGrace{2};

 private:
  struct Current {
    pid_t pid = 0;
    Kind kind = Kind::Hook;
    std::optional<int> status;  ///< wait status once it has ended
  };

  void watchSignals();
  void reap();
  void pass(int signal);
  void requestStop(int signal, int status);
  void endCurrent(int signal);
  void kill();
  bool endChildrenWith(int signal, std::optional<std::chrono::seconds> patience);

  base::Loop& loop_;
  base::ProcessRunner& runner_;
  const Messages& messages_;
  Limits limits_;
  std::vector<base::Watch> signals_;
  base::Watch deadline_;
  base::Watch killTimer_;
  std::optional<Current> current_;
  bool stopping_ = false;
  bool killed_ = false;
  int stopStatus_ = 0;
};

}  // namespace mc::entry
