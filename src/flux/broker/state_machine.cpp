#include "flux/broker/state_machine.hpp"

#include <array>

#include "flux/formats/duration.hpp"

namespace mc::flux::broker {
namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "none", "join", "init", "quorum", "run", "cleanup", "shutdown", "finalize", "goodbye", "exit"};

struct Transition {
  std::string_view event;
  State from;
  State to;
};

constexpr Transition kTransitions[] = {
    {"start", State::None, State::Join},
    {"parent-ready", State::Join, State::Init},
    {"parent-none", State::Join, State::Init},
    {"parent-fail", State::Join, State::Shutdown},
    {"rc1-success", State::Init, State::Quorum},
    {"rc1-fail", State::Init, State::Shutdown},
    {"quorum-full", State::Quorum, State::Run},
    {"quorum-fail", State::Quorum, State::Shutdown},
    {"rc2-success", State::Run, State::Cleanup},
    {"rc2-fail", State::Run, State::Cleanup},
    {"shutdown", State::Run, State::Cleanup},
    {"parent-fail", State::Run, State::Cleanup},
    {"cleanup-success", State::Cleanup, State::Shutdown},
    {"cleanup-none", State::Cleanup, State::Shutdown},
    {"cleanup-fail", State::Cleanup, State::Shutdown},
    {"children-complete", State::Shutdown, State::Finalize},
    {"children-none", State::Shutdown, State::Finalize},
    {"rc3-success", State::Finalize, State::Goodbye},
    {"goodbye", State::Goodbye, State::Exit},
};

}  // namespace

std::string_view toString(State state) {
  return kNames[static_cast<size_t>(state)];
}

State nextState(State state, std::string_view event) {
  for (const auto& transition : kTransitions)
    if (transition.from == state && transition.event == event) return transition.to;
  return state;
}

StateMachine::StateMachine(base::Loop& loop, std::function<void(const std::string&)> log)
    : loop_(loop), log_(std::move(log)), since_(loop.clock().steady()) {}

void StateMachine::onEnter(State state, std::function<void()> action) {
  actions_[state] = std::move(action);
}

void StateMachine::post(std::string event) {
  loop_.post([this, alive = std::weak_ptr<bool>(alive_), event = std::move(event)] {
    if (!alive.expired()) process(event);
  });
}

double StateMachine::duration() const {
  return std::chrono::duration<double>(loop_.clock().steady() - since_).count();
}

void StateMachine::process(const std::string& event) {
  const State next = nextState(state_, event);
  if (next == state_) return;
  log_(event + ": " + std::string(toString(state_)) + "->" + std::string(toString(next)) + " " +
       formats::formatDuration(duration()));
  enter(next);
}

void StateMachine::enter(State next) {
  since_ = loop_.clock().steady();
  state_ = next;
  const auto action = actions_.find(next);
  if (action != actions_.end()) action->second();
  observers_.emit(state_);
}

}  // namespace mc::flux::broker
