#pragma once
// What a broker does in each state of its life: joins, waits for the quorum, runs the initial
// program, cancels jobs, waits for its children, leaves.
//
// Thread-safety: none; belongs to the broker's thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flux/broker/cleanup.hpp"
#include "flux/broker/service.hpp"
#include "flux/broker/state_machine.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::broker {

/// The rest of the broker, as its life needs it.
class Stage {
 public:
  virtual ~Stage() = default;
  /// Starts the services that need an instance around them (state INIT).
  virtual base::Status startServices() = 0;
  /// Ends processes and services (state FINALIZE), then calls back.
  virtual void stopServices(std::function<void()> done) = 0;
  /// Starts the initial program; calls back with its exit status. False if there is none to run.
  virtual bool startProgram(std::function<void(int code)> done) = 0;
  /// Ends the initial program; false if none runs.
  virtual bool abortProgram() = 0;
  [[nodiscard]] virtual size_t childrenOnline() const = 0;
  virtual void refuseChildren() = 0;
  /// Takes leave of the parent, then calls back.
  virtual void leaveParent(std::function<void()> done) = 0;
  /// The end: nothing follows.
  virtual void exit() = 0;
};

struct LifecycleOptions {
  uint32_t quorum = 1;
  formats::Idset all;      ///< ranks of the instance
  double quorumWarn = 60;  ///< seconds, negative: never; the others likewise
  double shutdownWarn = 60;
  double shutdownTimeout = -1;
  double cleanupTimeout = -1;  ///< holds only after a signal
  /// The first signal goes to all brokers of the instance: one that is not the leader waits for the
  /// leader, which ends the jobs first.
  bool followsLeader = false;
};

class Lifecycle {
 public:
  Lifecycle(Host& host, StateMachine& machine, Stage& stage, LifecycleOptions options);

  void start() { machine_.post("start"); }
  /// The parent has admitted us.
  void onParentUp();
  /// The parent does not want us: `ending` because the instance ends, which is no failure.
  void onParentRefused(bool ending);
  void onChildDown();
  /// SIGTERM or SIGINT: an orderly end, and at the second one a quick one.
  void onSignal(int signum);
  /// `flux shutdown`: EINVAL if this is not rank 0 or does not run.
  base::Status shutDown();

  /// Whether a signal has asked the broker to end.
  [[nodiscard]] bool isEnding() const { return signals_ > 0; }
  [[nodiscard]] int exitCode() const { return exitCode_; }
  void fail(int code) {
    if (exitCode_ == 0) exitCode_ = code;
  }

 private:
  void join();
  void init();
  void quorum();
  void run();
  void cleanup();
  void shutdown();
  void finalize();
  void goodbye();

  void onParentState(State state);
  void onOnline(const Answer& answer);
  void warnQuorum();
  void warnShutdown();
  void noteLosses(const formats::Idset& online);
  void log(Severity severity, const std::string& text);
  [[nodiscard]] bool isLeader() const { return host_.rank() == 0; }

  Host& host_;
  StateMachine& machine_;
  Stage& stage_;
  LifecycleOptions options_;
  int exitCode_ = 0;
  int signals_ = 0;
  std::optional<State> parentState_;
  formats::Idset online_;
  bool warned_ = false;
  std::unique_ptr<Cleanup> cleanup_;
  std::vector<Rpc> rpcs_;
  base::Watch warning_;
  base::Watch timeout_;
};

}  // namespace mc::flux::broker
