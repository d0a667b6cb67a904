#pragma once
// The life of a broker as states and the events that lead from one to the next (flux-core's
// doc/state_machine; the names are seen in logs and by `flux uptime`).
//
// Knows only the table; what is done in a state is told by the actions (broker/lifecycle.hpp).
//
// Thread-safety: none; belongs to the broker's thread.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/signal.hpp"

namespace mc::flux::broker {

/// The numbers are those of "state" and "final" in state-machine.monitor.
enum class State : int {
  None = 0,
  Join,      ///< until the parent is there
  Init,      ///< services start
  Quorum,    ///< until enough brokers are there
  Run,       ///< the initial program runs, jobs run
  Cleanup,   ///< jobs are canceled
  Shutdown,  ///< until the children have gone
  Finalize,  ///< services stop
  Goodbye,   ///< leaves the parent
  Exit,
};

std::string_view toString(State state);

/// The state that `event` leads to from `state`; the same state if it means nothing there.
State nextState(State state, std::string_view event);

class StateMachine {
 public:
  /// `log`: told of each transition, e.g. "rc2-success: run->cleanup 1.2s".
  StateMachine(base::Loop& loop, std::function<void(const std::string&)> log);

  /// What is done on entering `state`.
  void onEnter(State state, std::function<void()> action);

  /// Takes effect in a later turn of the loop, in order.
  void post(std::string event);

  [[nodiscard]] State state() const { return state_; }
  /// Seconds in this state.
  [[nodiscard]] double duration() const;

  /// Calls back for each state entered from now on, after its action.
  [[nodiscard]] base::Watch observe(std::function<void(State)> callback) {
    return observers_.connect(std::move(callback));
  }

 private:
  void process(const std::string& event);
  void enter(State next);

  base::Loop& loop_;
  std::function<void(const std::string&)> log_;
  State state_ = State::None;
  std::chrono::steady_clock::time_point since_;
  std::map<State, std::function<void()>> actions_;
  base::Signal<State> observers_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace mc::flux::broker
