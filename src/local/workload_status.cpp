#include "local/workload_status.hpp"

#include <algorithm>

#include "local/owner.hpp"

namespace mc::local {

namespace {

bool isInit(const ContainerView& container) {
  return container.kind == plan::ContainerKind::Init;
}

bool isMain(const ContainerView& container) {
  return !isInit(container);
}

/// Whether the next container may have begun.
bool initDone(const ContainerView& container) {
  if (container.counts) return container.state == ContainerState::Running;
  return container.state == ContainerState::Terminated && container.exitCode == 0;
}

bool isOver(const ContainerView& container) {
  return container.state == ContainerState::Terminated;
}

Phase phaseOf(const PodView& view, const std::string& restartPolicy) {
  const auto& all = view.containers;
  const bool initFailed = std::any_of(all.begin(), all.end(), [&](const ContainerView& c) {
    return isInit(c) && isOver(c) && c.exitCode != 0 && restartPolicy == "Never";
  });
  if (initFailed) return Phase::Failed;
  bool started = false;
  bool over = true;
  bool good = true;
  for (const ContainerView& container : all) {
    if (isInit(container)) continue;
    started = started || container.startedAt > 0;
    over = over && isOver(container);
    good = good && container.exitCode == 0;
  }
  if (over) return good ? Phase::Succeeded : Phase::Failed;
  return started ? Phase::Running : Phase::Pending;
}

/// "Init:0/2", "Init:CrashLoopBackOff"; empty once all init containers are done.
std::string initStatus(const PodView& view) {
  size_t done = 0;
  size_t count = 0;
  std::string reason;
  for (const ContainerView& container : view.containers) {
    if (!isInit(container)) continue;
    ++count;
    if (initDone(container)) {
      ++done;
      continue;
    }
    const bool plain = container.reason.empty() || container.reason == "ContainerCreating" ||
                       container.reason == "PodInitializing";
    if (reason.empty() && !plain) reason = container.reason;
  }
  if (done == count) return {};
  if (!reason.empty()) return "Init:" + reason;
  return "Init:" + std::to_string(done) + "/" + std::to_string(count);
}

/// The reason of the last container that says more than "running", as kubectl takes it.
std::string mainStatus(const PodView& view) {
  std::string status;
  for (const ContainerView& container : view.containers) {
    if (isMain(container) && container.state != ContainerState::Running &&
        !container.reason.empty())
      status = container.reason;
  }
  return status;
}

std::string statusOf(const PodView& view) {
  if (view.terminating) return "Terminating";
  const std::string init = initStatus(view);
  if (!init.empty()) return init;
  const std::string main = mainStatus(view);
  const bool running = std::any_of(
      view.containers.begin(), view.containers.end(),
      [](const ContainerView& c) { return isMain(c) && c.state == ContainerState::Running; });
  if (main == "Completed" && running) return view.phase == Phase::Running ? "NotReady" : main;
  return main.empty() ? engine::phaseName(view.phase) : main;
}

/// A container that waits for the init containers, and not for its own.
void markInitializing(PodView& view) {
  const bool initializing = !initStatus(view).empty();
  for (ContainerView& container : view.containers) {
    if (initializing && isMain(container) && container.reason == "ContainerCreating" &&
        container.message.empty())
      container.reason = "PodInitializing";
  }
}

/// A pod whose volumes can't be made has this to say in each of its containers.
void markVolumes(const ClusterState& owner, PodView& view) {
  const WaitMark* mark = owner.markOf(view.name, "volumes");
  if (mark == nullptr) return;
  for (ContainerView& container : view.containers) {
    if (container.reason == "ContainerCreating") container.message = mark->message;
  }
}

/// "containers with unready status: [web]", and why.
std::string unready(const PodView& view) {
  std::string names;
  std::string why;
  for (const ContainerView& container : view.containers) {
    if (!container.counts || container.ready) continue;
    names += (names.empty() ? "" : " ") + container.name;
    const std::string reason = container.message.empty() ? container.reason : container.message;
    if (why.empty() && !reason.empty()) why = container.name + ": " + reason;
  }
  if (names.empty()) return {};
  return "containers with unready status: [" + names + "]" + (why.empty() ? "" : "; " + why);
}

double lastChange(const PodView& view) {
  double time = view.createdAt;
  for (const ContainerView& c : view.containers)
    time = std::max({time, c.startedAt, isOver(c) ? c.finishedAt : 0});
  return time;
}

void setConditions(PodView& view, size_t counted) {
  const bool ready = view.phase == Phase::Running && !view.terminating &&
                     static_cast<size_t>(view.readyContainers) == counted;
  const bool over = view.phase == Phase::Succeeded;
  const std::string reason = ready ? "" : over ? "PodCompleted" : "ContainersNotReady";
  const std::string message = ready || over ? "" : unready(view);
  const double since = lastChange(view);
  const bool initialized = initStatus(view).empty() && view.startedAt > 0;
  view.conditions = {{"PodScheduled", true, "", "", view.createdAt},
                     {"Initialized", initialized, initialized ? "" : "ContainersNotInitialized", "",
                      view.startedAt},
                     {"ContainersReady", ready, reason, message, since},
                     {"Ready", ready, reason, message, since}};
}

/// "redis-6d5f8c9b7d" of "redis-6d5f8c9b7d-x7k2p"
std::string replicaSetOf(const std::string& pod) {
  return pod.substr(0, pod.rfind('-'));
}

}  // namespace

void applyHealth(const plan::Container& spec, const ContainerFacts& facts, ContainerView& view) {
  if (view.state != ContainerState::Running || facts.health.empty()) return;
  const bool gated = spec.probes.readiness || spec.probes.startup;
  if (!gated || facts.health == "healthy") return;
  view.ready = false;
  if (!facts.healthOutput.empty()) view.message = facts.healthOutput;
}

void finishWorkloadView(const ClusterState& owner, const PodState& pod, PodView& view) {
  if (kindOf(owner.record.ref) == core::Kind::Deployment) {
    view.controller = "ReplicaSet/" + replicaSetOf(pod.name);
  } else {
    view.controlled = false;
  }
  view.restartPolicy = pod.spec.restartPolicy;
  size_t counted = 0;
  view.readyContainers = view.restarts = 0;
  for (size_t i = 0; i < view.containers.size(); ++i) {
    ContainerView& container = view.containers[i];
    container.counts = isMain(container) || pod.spec.containers[i].goesOn;
    counted += container.counts ? 1 : 0;
    view.readyContainers += container.counts && container.ready ? 1 : 0;
    view.restarts += container.restarts;
  }
  markVolumes(owner, view);
  markInitializing(view);
  view.phase = phaseOf(view, pod.spec.restartPolicy);
  view.status = statusOf(view);
  setConditions(view, counted);
}

}  // namespace mc::local
