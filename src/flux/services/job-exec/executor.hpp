#pragma once
// The execution service: runs allocated jobs, keeps their time limits and ends them.
//
// How a job is ended (flux-config-exec(5)): SIGTERM (SIGALRM for a time limit) to its shells, which
// pass it on to the tasks; after `exec.kill-timeout` SIGKILL to the tasks' process groups, and from
// then on at growing intervals to the shells as well;
// after `exec.max-kill-count` times the nodes where something is left are drained.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "flux/broker/service.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/job-exec/execution.hpp"
#include "flux/services/job-exec/guest.hpp"
#include "flux/services/job-manager/ports.hpp"
#include "flux/services/quiet_release.hpp"

namespace mc::flux::services::exec {

class Executor final : public manager::Executor {
 public:
  /// Takes nodes out of use that have processes nobody can kill.
  using DrainNodes = std::function<void(const formats::Idset& ranks, const std::string& reason)>;

  /// `host` and `store` outlive the executor.
  Executor(broker::Host& host, kvs::Store& store, DrainNodes drainNodes);
  ~Executor() override;
  /// Who gets to know what happens; before the first start().
  void connect(manager::ExecEvents& events) { events_ = &events; }

  void start(const manager::Job& job) override;
  void cancel(formats::JobId id, int signal) override;
  void setExpiration(formats::JobId id, double expiration) override;
  void kill(formats::JobId id, int signal) override;

 private:
  class Run;
  void ended(formats::JobId id);

  broker::Host& host_;
  kvs::Store& store_;
  DrainNodes drainNodes_;
  manager::ExecEvents* events_ = nullptr;
  double killTimeout_ = 5;  // seconds
  int64_t maxKillCount_ = 8;
  std::unordered_map<formats::JobId, std::unique_ptr<Run>> runs_;
  std::vector<std::unique_ptr<Run>> over_;
  QuietRelease quiet_;
  Deferred bury_;  // a run must not be destroyed inside its own callbacks
};

}  // namespace mc::flux::services::exec
