#pragma once
// A job that only seems to run (attributes.system.exec.test, flux-core's "testexec"): for tests of
// everything around it at rates that no real processes reach.
//
// Options: run_duration (FSD string or seconds; absent: the job's duration, or for ever),
// wait_status (the status it ends with).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "base/loop.hpp"
#include "flux/services/job-exec/execution.hpp"

namespace mc::flux::services::exec {

class TestExecution final : public Execution {
 public:
  /// `loop` and `events` outlive the execution.
  TestExecution(base::Loop& loop, const manager::Job& job, const boost::json::object& options,
                ExecutionEvents& events);

  void start() override;
  void signal(int signal) override;
  [[nodiscard]] formats::Idset activeRanks() const override { return ranks_; }

 private:
  void started();
  void end(int status);

  base::Loop& loop_;
  ExecutionEvents& events_;
  formats::Idset ranks_;
  std::optional<double> seconds_;
  int status_ = 0;
  bool ended_ = false;
  base::Watch timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for posted callbacks
};

}  // namespace mc::flux::services::exec
