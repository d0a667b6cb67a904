#include "local/status.hpp"

#include <algorithm>

#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/workload_status.hpp"

namespace mc::local {

namespace {

/// Kubernetes' word for a container that is started again and again.
constexpr const char* kCrashes = "CrashLoopBackOff";

void setWaiting(ContainerView& view, std::string reason, std::string message) {
  view.state = ContainerState::Waiting;
  view.reason = std::move(reason);
  view.message = std::move(message);
}

/// An image that could not be pulled is tried again, after longer and longer times.
std::string waitReason(const WaitMark& mark) {
  return mark.reason == "ErrImagePull" && mark.tries > 1 ? "ImagePullBackOff" : mark.reason;
}

void setTerminated(ContainerView& view, const ContainerFacts& facts) {
  view.state = ContainerState::Terminated;
  view.reason = facts.oomKilled ? "OOMKilled" : facts.exitCode == 0 ? "Completed" : "Error";
  view.message = facts.error;
}

void setState(ContainerView& view, const ContainerFacts& facts) {
  if (facts.status == "restarting") {
    setWaiting(view, kCrashes, "back-off restarting failed container");
  } else if (facts.running()) {
    view.state = ContainerState::Running;
    view.ready = true;
  } else if (facts.started()) {
    setTerminated(view, facts);
  } else if (!facts.error.empty()) {
    setWaiting(view, "RunContainerError", facts.error);
  } else {
    setWaiting(view, "ContainerCreating", "");
  }
}

/// The values of the manifest's variables, which the pod's label does not keep.
std::vector<std::pair<std::string, std::string>> environmentOf(const plan::Container& spec,
                                                               const ContainerFacts& facts) {
  std::vector<std::pair<std::string, std::string>> environment;
  const auto add = [&](const std::string& name) {
    const std::string prefix = name + "=";
    for (const std::string& text : facts.environment) {
      if (text.starts_with(prefix)) environment.emplace_back(name, text.substr(prefix.size()));
    }
  };
  for (const auto& variable : spec.environment) add(variable.first);
  for (const core::Variable& variable : spec.variables)
    if (variable.plain()) add(variable.name);
  return environment;
}

bool allEnded(const PodView& pod) {
  return std::all_of(pod.containers.begin(), pod.containers.end(),
                     [](const ContainerView& c) { return c.state == ContainerState::Terminated; });
}

/// Services are ended by us when the job is done; that counts as success, as their Kubernetes pod
/// goes with the cluster.
bool endedOnRequest(const ContainerView& container) {
  constexpr int kTerminated = 128 + 15;
  constexpr int kKilled = 128 + 9;
  return container.exitCode == 0 || container.exitCode == kTerminated ||
         container.exitCode == kKilled;
}

Phase servicesPhase(const PodView& pod) {
  const auto& all = pod.containers;
  if (!all.empty() && allEnded(pod)) {
    return std::all_of(all.begin(), all.end(), endedOnRequest) ? Phase::Succeeded : Phase::Failed;
  }
  const bool any =
      std::any_of(all.begin(), all.end(), [](const ContainerView& c) { return c.startedAt > 0; });
  return any ? Phase::Running : Phase::Pending;
}

/// A Flux pod is as far as its Flux container: sidecars neither keep it running nor fail it.
Phase fluxPhase(const PodView& pod) {
  if (pod.containers.empty()) return Phase::Pending;
  const ContainerView& flux = pod.containers.front();
  if (flux.state == ContainerState::Terminated) {
    return flux.exitCode == 0 ? Phase::Succeeded : Phase::Failed;
  }
  return flux.startedAt > 0 ? Phase::Running : Phase::Pending;
}

/// The reason of the first container that says more than "running".
std::string trouble(const PodView& pod) {
  for (const ContainerView& container : pod.containers) {
    if (container.state != ContainerState::Running && !container.reason.empty()) {
      return container.reason;
    }
  }
  return {};
}

std::string statusColumn(const PodView& pod) {
  if (pod.terminating) return "Terminating";
  const bool done = pod.phase == Phase::Succeeded || pod.phase == Phase::Failed;
  if (done && pod.role != plan::Role::Services) return pod.containers.front().reason;
  if (done) return pod.phase == Phase::Succeeded ? "Completed" : "Error";
  const std::string reason = trouble(pod);
  return reason.empty() ? engine::phaseName(pod.phase) : reason;
}

Condition condition(std::string type, bool status, std::string reason, double since) {
  return {std::move(type), status, std::move(reason), {}, since};
}

/// The moment at which the last container was there.
double allStartedAt(const PodView& pod) {
  double time = 0;
  for (const ContainerView& c : pod.containers) time = std::max(time, c.startedAt);
  return time;
}

double lastEndAt(const PodView& pod) {
  double time = 0;
  for (const ContainerView& c : pod.containers) {
    if (c.state != ContainerState::Running) time = std::max(time, c.finishedAt);
  }
  return time;
}

bool isReady(const PodView& pod) {
  return !pod.containers.empty() && pod.readyContainers == static_cast<int>(pod.containers.size());
}

std::vector<Condition> podConditions(const PodView& pod) {
  const bool ready = isReady(pod);
  const bool completed = pod.phase == Phase::Succeeded;
  const std::string reason = ready ? "" : completed ? "PodCompleted" : "ContainersNotReady";
  const double since = ready ? allStartedAt(pod) : std::max(lastEndAt(pod), pod.createdAt);
  return {condition("PodScheduled", true, "", pod.createdAt),
          condition("Initialized", pod.startedAt > 0, "", pod.startedAt),
          condition("ContainersReady", ready, reason, since),
          condition("Ready", ready, reason, since)};
}

void addUp(PodView& pod) {
  for (const ContainerView& container : pod.containers) {
    pod.readyContainers += container.ready ? 1 : 0;
    pod.restarts += container.restarts;
  }
}

Condition withMessage(Condition base, std::string message) {
  base.message = std::move(message);
  return base;
}

std::string exitMessage(int exitCode) {
  return "the job's exit status is " + std::to_string(exitCode);
}

/// The first container of a pod that is not as it should be, in the operator's words.
std::string troubleText(const PodView& pod) {
  for (const ContainerView& container : pod.containers) {
    if (container.state == ContainerState::Running || container.reason.empty()) continue;
    const std::string text = "container " + container.name + ": " + container.reason;
    if (container.state == ContainerState::Terminated || container.reason == kCrashes)
      return text + ", it ended with exit status " + std::to_string(container.exitCode);
    return container.message.empty() ? text : text + ": " + container.message;
  }
  return pod.status;
}

/// What the Flux pods and the services pod of a cluster add up to.
struct Readiness {
  double since = 0;      ///< the last of them was there
  std::string trouble;   ///< of the first that is not ready
  bool services = true;  ///< the services pod is ready
};

std::vector<Condition> clusterConditions(const ClusterView& view, const Readiness& pods) {
  const bool running = view.phase == Phase::Running;
  const bool podsReady = running && view.readyPods >= view.size;
  const bool ready = podsReady && pods.services;
  const std::string notReady = podsReady ? "ServicesNotReady" : "PodsNotReady";
  const bool succeeded = view.phase == Phase::Succeeded;
  const bool failed = view.phase == Phase::Failed;
  const std::string ended = succeeded ? "JobSucceeded" : "JobFailed";
  std::vector<Condition> all;
  all.push_back(condition("Accepted", true, "ManifestValid", view.createdAt));
  all.push_back(ready ? condition("Ready", true, "AllPodsReady", pods.since)
                      : withMessage(condition("Ready", false, view.finished ? ended : notReady,
                                              std::max(view.finishedAt, view.createdAt)),
                                    view.finished ? exitMessage(view.exitCode) : pods.trouble));
  all.push_back(running
                    ? condition("Running", true, "LeadBrokerRunning", view.startedAt)
                    : condition("Running", false, view.finished ? ended : "LeadBrokerNotStarted",
                                std::max(view.finishedAt, view.createdAt)));
  all.push_back(
      withMessage(condition("Succeeded", succeeded, view.finished ? ended : "JobNotFinished",
                            std::max(view.finishedAt, view.createdAt)),
                  view.finished ? exitMessage(view.exitCode) : ""));
  all.push_back(withMessage(condition("Failed", failed, view.finished ? ended : "JobNotFinished",
                                      std::max(view.finishedAt, view.createdAt)),
                            view.finished ? exitMessage(view.exitCode) : ""));
  return all;
}

Phase clusterPhase(const ContainerFacts* lead) {
  if (lead == nullptr || !lead->started()) return Phase::Pending;
  if (!lead->ended()) return Phase::Running;
  return lead->exitCode == 0 ? Phase::Succeeded : Phase::Failed;
}

/// Fills in what depends on the lead's container.
void addLead(ClusterView& view, const ContainerFacts* lead) {
  view.phase = clusterPhase(lead);
  if (lead == nullptr) return;
  view.leadPod = lead->pod;
  view.startedAt = lead->startedAt;
  view.finished = lead->ended();
  if (view.finished) {
    view.exitCode = lead->exitCode;
    view.finishedAt = lead->finishedAt;
  }
}

const PodState* podNamed(const ClusterState& cluster, const std::string& plainName) {
  for (const PodState& pod : cluster.pods) {
    if (pod.spec.name == plainName) return &pod;
  }
  return nullptr;
}

}  // namespace

ContainerView containerView(const plan::Container& spec, const ContainerFacts* facts,
                            const WaitMark* mark) {
  ContainerView view;
  view.name = spec.name;
  view.kind = spec.kind;
  view.image = spec.image;
  view.ports = spec.ports;
  view.command = spec.command;
  view.mounts = spec.mounts;
  view.resources = spec.resources;
  view.args = spec.args;
  view.probes = spec.probes;
  for (const core::Variable& variable : spec.variables)
    if (!variable.plain()) view.references.push_back(variable);
  if (facts == nullptr) {
    setWaiting(view, mark == nullptr ? "ContainerCreating" : waitReason(*mark),
               mark == nullptr ? "" : mark->message);
    return view;
  }
  view.id = facts->id.empty() ? "" : "docker://" + facts->id;
  view.imageId = facts->imageId;
  view.exitCode = facts->exitCode;
  view.restarts = facts->restarts;
  view.createdAt = facts->createdAt;
  view.startedAt = facts->startedAt;
  view.finishedAt = facts->finishedAt;
  if (facts->restarts > 0) view.lastFinishedAt = facts->finishedAt;
  view.environment = environmentOf(spec, *facts);
  setState(view, *facts);
  applyHealth(spec, *facts, view);
  return view;
}

PodView podView(const ClusterState& cluster, const PodState& pod, const std::string& node) {
  PodView view;
  view.name = pod.name;
  view.plainName = pod.spec.name;
  view.ns = cluster.record.ref.ns;
  view.uid = derivedUid(cluster.record.uid + "/" + pod.name);
  view.cluster = cluster.record.ref.name;
  view.role = pod.spec.role;
  view.index = pod.spec.index;
  view.node = node;
  view.ip = pod.pause.ip;
  view.hostname = pod.spec.hostname;
  view.subdomain = pod.spec.subdomain;
  view.createdAt = pod.pause.createdAt;
  view.startedAt = pod.pause.startedAt;
  view.labels = pod.spec.labels;
  view.annotations = pod.spec.annotations;
  view.volumes = pod.spec.volumes;
  view.terminating = cluster.record.removing;
  for (size_t i = 0; i < pod.spec.containers.size(); ++i) {
    const auto& facts = pod.containers[i];
    const plan::Container& spec = pod.spec.containers[i];
    view.containers.push_back(
        containerView(spec, facts ? &*facts : nullptr, cluster.markOf(pod.name, spec.name)));
  }
  if (pod.spec.role == plan::Role::Workload) {
    finishWorkloadView(cluster, pod, view);
    return view;
  }
  addUp(view);
  view.phase = pod.spec.role == plan::Role::Services ? servicesPhase(view) : fluxPhase(view);
  view.status = statusColumn(view);
  view.conditions = podConditions(view);
  return view;
}

ClusterView clusterView(const ClusterState& cluster) {
  const Record& record = cluster.record;
  ClusterView view;
  view.ref = record.ref;
  view.uid = record.uid;
  view.createdAt = record.createdAt;
  view.manifest = record.manifest;
  view.size = record.size;
  view.maxSize = record.maxSize;
  addLead(view, cluster.lead());
  Readiness pods;
  for (const PodState& pod : cluster.pods) {
    const PodView podView = local::podView(cluster, pod, {});
    const bool services = pod.spec.role == plan::Role::Services;
    const bool ready = isReady(podView) || podView.phase == Phase::Succeeded;
    if (services) pods.services = ready;
    view.readyPods += ready && !services ? 1 : 0;
    pods.since = std::max(pods.since, allStartedAt(podView));
    if (!ready && pods.trouble.empty())
      pods.trouble = "pod " + pod.name + ": " + troubleText(podView);
  }
  view.status = record.removing ? "Terminating" : engine::phaseName(view.phase);
  view.conditions = clusterConditions(view, pods);
  return view;
}

std::vector<ServiceView> serviceViews(const ClusterState& cluster) {
  std::vector<ServiceView> views;
  for (const plan::Service& service : cluster.record.services) {
    ServiceView view;
    view.name = service.name;
    view.ns = cluster.record.ref.ns;
    view.cluster = cluster.record.ref.name;
    view.headless = service.headless;
    view.ports = service.ports;
    view.createdAt = cluster.record.createdAt;
    for (const std::string& name : service.pods) {
      const PodState* pod = podNamed(cluster, name);
      if (pod != nullptr && !pod->pause.ip.empty()) view.endpoints.push_back(pod->pause.ip);
    }
    if (!service.headless && !view.endpoints.empty()) view.clusterIp = view.endpoints.front();
    views.push_back(std::move(view));
  }
  return views;
}

bool complete(const ClusterState& cluster) {
  const auto started = [](const std::optional<ContainerFacts>& c) { return c && c->started(); };
  int32_t fluxPods = 0;
  for (const PodState& pod : cluster.pods) {
    if (!pod.pause.started()) return false;
    if (!std::all_of(pod.containers.begin(), pod.containers.end(), started)) return false;
    fluxPods += pod.spec.role == plan::Role::Services ? 0 : 1;
  }
  if (!cluster.hasRecord || fluxPods < cluster.record.size) return false;
  // Every pod that a service stands for: among them the services pod.
  for (const plan::Service& service : cluster.record.services) {
    for (const std::string& name : service.pods) {
      if (podNamed(cluster, name) == nullptr) return false;
    }
  }
  return true;
}

bool isSurplus(const ClusterState& cluster, const PodState& pod) {
  return pod.spec.role == plan::Role::Follower && pod.spec.index >= cluster.record.size;
}

bool hasSurplus(const ClusterState& cluster) {
  return std::any_of(cluster.pods.begin(), cluster.pods.end(),
                     [&](const PodState& pod) { return isSurplus(cluster, pod); });
}

bool finished(const ClusterState& cluster) {
  const ContainerFacts* lead = cluster.lead();
  return lead != nullptr && lead->ended();
}

bool leftRunning(const ClusterState& cluster) {
  return finished(cluster) &&
         std::any_of(cluster.all.begin(), cluster.all.end(), [](const ContainerFacts& facts) {
           return facts.running() || facts.status == "restarting";
         });
}

}  // namespace mc::local
