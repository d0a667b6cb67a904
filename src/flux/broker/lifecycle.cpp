#include "flux/broker/lifecycle.hpp"

#include "flux/formats/hostlist.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

/// A parent that can take care of children.
bool isReady(State state) {
  return state == State::Quorum || state == State::Run;
}

std::chrono::nanoseconds seconds(double value) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(value));
}

/// "host1,host2 (rank 1-2)"
std::string describe(const Host& host, const formats::Idset& ranks) {
  formats::Hostlist names;
  const auto attribute = host.attribute("hostlist");
  const auto all = attribute ? formats::Hostlist::parse(*attribute) : formats::Hostlist();
  for (const uint32_t rank : ranks)
    if (all && rank < all->size()) names.append(all->at(rank));
  return names.str() + " (rank " + ranks.str() + ")";
}

}  // namespace

Lifecycle::Lifecycle(Host& host, StateMachine& machine, Stage& stage, LifecycleOptions options)
    : host_(host), machine_(machine), stage_(stage), options_(std::move(options)) {
  machine_.onEnter(State::Join, [this] { join(); });
  machine_.onEnter(State::Init, [this] { init(); });
  machine_.onEnter(State::Quorum, [this] { quorum(); });
  machine_.onEnter(State::Run, [this] { run(); });
  machine_.onEnter(State::Cleanup, [this] { cleanup(); });
  machine_.onEnter(State::Shutdown, [this] { shutdown(); });
  machine_.onEnter(State::Finalize, [this] { finalize(); });
  machine_.onEnter(State::Goodbye, [this] { goodbye(); });
  machine_.onEnter(State::Exit, [this] { stage_.exit(); });
}

void Lifecycle::log(Severity severity, const std::string& text) {
  host_.log(severity, "broker", text);
}

void Lifecycle::join() {
  if (isLeader()) machine_.post("parent-none");
}

/// From here on the parent's state leads us: we follow it into RUN and out of it.
void Lifecycle::onParentUp() {
  rpcs_.push_back(host_.rpc("state-machine.monitor",
                            json::object{{"final", static_cast<int>(State::Shutdown)}},
                            wire::kNodeidUpstream, true, [this](const Answer& answer) {
                              if (!answer || !answer->is_object()) return;
                              const auto state = formats::getInteger(answer->get_object(), "state");
                              if (state && *state >= 0 && *state <= static_cast<int>(State::Exit))
                                onParentState(static_cast<State>(*state));
                            }));
}

void Lifecycle::onParentState(State state) {
  parentState_ = state;
  const bool ending = state >= State::Cleanup;
  switch (machine_.state()) {
    case State::Join:
      if (isReady(state)) machine_.post("parent-ready");
      if (ending) machine_.post("parent-fail");
      return;
    case State::Quorum:
      if (state == State::Run) machine_.post("quorum-full");
      if (ending) machine_.post("quorum-fail");
      return;
    case State::Run:
      // Not before its jobs have been cleaned up: ours run until then.
      if (state >= State::Shutdown) machine_.post("shutdown");
      return;
    default:
      return;
  }
}

void Lifecycle::onParentRefused(bool ending) {
  if (!ending) fail(1);
  machine_.post("parent-fail");
}

void Lifecycle::init() {
  const auto started = stage_.startServices();
  if (started) return machine_.post("rc1-success");
  log(Severity::Error, started.error().message);
  fail(1);
  machine_.post("rc1-fail");
}

void Lifecycle::quorum() {
  // Came when another event was already on its way.
  if (signals_ > 0) return machine_.post("quorum-fail");
  rpcs_.push_back(host_.rpc("groups.join", json::object{{"name", "broker.online"}},
                            wire::kNodeidAny, false, [this](const Answer& answer) {
                              if (answer) return;
                              log(Severity::Error, "groups.join: " + answer.error().message);
                              machine_.post("quorum-fail");
                            }));
  if (!isLeader()) {
    if (parentState_) onParentState(*parentState_);
    return;
  }
  rpcs_.push_back(host_.rpc("groups.get", json::object{{"name", "broker.online"}}, 0, true,
                            [this](const Answer& answer) { onOnline(answer); }));
  if (options_.quorumWarn >= 0)
    warning_ = host_.loop().after(seconds(options_.quorumWarn), [this] { warnQuorum(); });
}

void Lifecycle::onOnline(const Answer& answer) {
  if (!answer || !answer->is_object()) return;
  const auto members = formats::getString(answer->get_object(), "members");
  const auto online = members ? formats::Idset::parse(*members) : formats::Idset();
  if (!online) return;
  noteLosses(*online);
  online_ = *online;
  if (machine_.state() != State::Quorum || online_.size() < options_.quorum) return;
  log(Severity::Info, "online: " + describe(host_, online_));
  if (warned_) log(Severity::Error, "quorum reached");
  warning_.reset();
  machine_.post("quorum-full");
}

void Lifecycle::noteLosses(const formats::Idset& online) {
  if (machine_.state() != State::Run && machine_.state() != State::Cleanup) return;
  formats::Idset lost = online_;
  lost.erase(online);
  if (!lost.empty()) log(Severity::Error, "dead to Flux: " + describe(host_, lost));
}

void Lifecycle::warnQuorum() {
  if (machine_.state() != State::Quorum) return;
  formats::Idset missing = options_.all;
  missing.erase(online_);
  log(Severity::Error, "quorum delayed: waiting for " + describe(host_, missing));
  warned_ = true;
  warning_ = host_.loop().after(seconds(options_.quorumWarn), [this] { warnQuorum(); });
}

void Lifecycle::run() {
  if (signals_ > 0) return machine_.post("shutdown");
  if (!isLeader()) {
    if (parentState_) onParentState(*parentState_);
    return;
  }
  stage_.startProgram([this](int code) {
    fail(code);
    machine_.post(code == 0 ? "rc2-success" : "rc2-fail");
  });
}

void Lifecycle::cleanup() {
  stage_.refuseChildren();
  if (!isLeader()) return machine_.post("cleanup-none");
  cleanup_ = std::make_unique<Cleanup>(host_, [this](bool ok) {
    if (!ok) fail(1);
    machine_.post(ok ? "cleanup-success" : "cleanup-fail");
  });
  cleanup_->start();
  if (signals_ > 0 && options_.cleanupTimeout >= 0)
    timeout_ = host_.loop().after(seconds(options_.cleanupTimeout),
                                  [this] { machine_.post("cleanup-fail"); });
}

void Lifecycle::shutdown() {
  cleanup_.reset();
  timeout_.reset();
  stage_.refuseChildren();
  if (stage_.childrenOnline() == 0) return machine_.post("children-none");
  if (options_.shutdownWarn >= 0)
    warning_ = host_.loop().after(seconds(options_.shutdownWarn), [this] { warnShutdown(); });
  if (options_.shutdownTimeout >= 0)
    timeout_ = host_.loop().after(seconds(options_.shutdownTimeout), [this] {
      log(Severity::Error, "shutdown: giving up on children that do not leave");
      machine_.post("children-complete");
    });
}

void Lifecycle::warnShutdown() {
  log(Severity::Error,
      "shutdown delayed: waiting for " + std::to_string(stage_.childrenOnline()) + " peers");
  warning_ = host_.loop().after(seconds(options_.shutdownWarn), [this] { warnShutdown(); });
}

void Lifecycle::onChildDown() {
  if (machine_.state() == State::Shutdown && stage_.childrenOnline() == 0)
    machine_.post("children-complete");
}

void Lifecycle::finalize() {
  warning_.reset();
  timeout_.reset();
  stage_.stopServices([this] { machine_.post("rc3-success"); });
}

void Lifecycle::goodbye() {
  stage_.leaveParent([this] { machine_.post("goodbye"); });
}

void Lifecycle::onSignal(int signum) {
  ++signals_;
  switch (machine_.state()) {
    case State::Join:
      return machine_.post("parent-fail");
    case State::Quorum:
      return machine_.post("quorum-fail");
    case State::Run:
      if (options_.followsLeader && !isLeader() && signals_ == 1) return;
      if (!stage_.abortProgram()) machine_.post("shutdown");
      return;
    case State::Cleanup:
      // Who asks twice does not want to wait for jobs, nor for children.
      if (signals_ > 1) machine_.post("cleanup-fail");
      return;
    case State::Shutdown:
      if (signals_ > 1) machine_.post("children-complete");
      return;
    default:
      log(Severity::Info, "ignored signal " + std::to_string(signum) + " in " +
                              std::string(toString(machine_.state())));
  }
}

base::Status Lifecycle::shutDown() {
  if (!isLeader()) return base::fail(EINVAL, "shutdown may only be initiated on rank 0");
  if (machine_.state() != State::Run)
    return base::fail(
        EINVAL, "shutdown cannot be initiated in state " + std::string(toString(machine_.state())));
  if (!stage_.abortProgram()) machine_.post("shutdown");
  return {};
}

}  // namespace mc::flux::broker
