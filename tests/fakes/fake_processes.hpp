#pragma once
// Programs that are recorded instead of run, each with the end that the test decides.
//
//   FakeProcesses processes;
//   processes.onRun = [](const base::Command& c) { return c.argv[0] == "flux" ? 3 : 0; };
//   ... code under test ...
//   EXPECT_EQ(processes.started().at(0).argv[0], "sh");

#include <functional>
#include <vector>

#include "entry/processes.hpp"
#include "fakes/fake_loop.hpp"

namespace mc::fakes {

class FakeProcesses final : public entry::Processes {
 public:
  struct Started {
    std::vector<std::string> argv;
    base::Command command;
    entry::Kind kind;
  };

  explicit FakeProcesses(FakeLoop& loop) : loop_(loop) {}

  /// Called for each program; returns how it ends.
  std::function<base::Result<int>(const base::Command&)> onRun = [](const base::Command&) {
    return 0;
  };

  /// As if the container had got a signal.
  void stop(int status) {
    stopping_ = true;
    stopStatus_ = status;
  }
  [[nodiscard]] const std::vector<Started>& started() const { return started_; }

  base::Result<int> run(const base::Command& command, entry::Kind kind) override {
    if (stopping_ && kind != entry::Kind::Post) return base::fail(ECANCELED, "told to stop");
    started_.push_back({command.argv, command, kind});
    return onRun(command);
  }
  /// Turns the fake loop until `done`; what never comes stops the container, so that tests end.
  bool wait(const std::function<bool()>& done) override {
    while (!stopping_ && !done()) {
      const size_t timers = loop_.timers();
      loop_.run();
      if (!done() && timers == 0 && loop_.timers() == 0) stop(99);
    }
    return !stopping_;
  }
  [[nodiscard]] bool stopping() const override { return stopping_; }
  [[nodiscard]] int stopStatus() const override { return stopStatus_; }

 private:
  FakeLoop& loop_;
  std::vector<Started> started_;
  bool stopping_ = false;
  int stopStatus_ = 0;
};

}  // namespace mc::fakes
