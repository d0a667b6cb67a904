#include "remote/pod_status.hpp"

#include "remote/json.hpp"

namespace mc::remote {

namespace {

using kube::Object;

const Object* condition(const Object& pod, std::string_view type) {
  for (const auto& entry : arrayAt(pod, {"status", "conditions"})) {
    const Object* object = entry.if_object();
    if (object != nullptr && kube::findText(*object, {"type"}) == type) return object;
  }
  return nullptr;
}

bool conditionHolds(const Object& pod, std::string_view type) {
  const Object* found = condition(pod, type);
  return found != nullptr && kube::findText(*found, {"status"}) == "True";
}

/// How a container ended, where nobody gave a reason.
std::string unnamedEnd(const Object& terminated) {
  const int signal = numberAt(terminated, {"signal"});
  if (signal != 0) return "Signal:" + std::to_string(signal);
  return "ExitCode:" + std::to_string(numberAt(terminated, {"exitCode"}));
}

std::string endOf(const Object& terminated) {
  const std::string_view reason = kube::findText(terminated, {"reason"});
  return reason.empty() ? unnamedEnd(terminated) : std::string(reason);
}

/// The walk over a pod's containers.
class Summary {
 public:
  explicit Summary(const Object& pod) : pod_(pod) {}

  PodSummary take() {
    result_.status = beginning();
    if (!initializing() || conditionHolds(pod_, "Initialized")) containers();
    if (kube::isDeleting(pod_)) deletion();
    return result_;
  }

 private:
  [[nodiscard]] std::string beginning() const {
    const Object* scheduled = condition(pod_, "PodScheduled");
    if (scheduled != nullptr && kube::findText(*scheduled, {"reason"}) == "SchedulingGated")
      return "SchedulingGated";
    const std::string_view reason = kube::findText(pod_, {"status", "reason"});
    return std::string(reason.empty() ? kube::findText(pod_, {"status", "phase"}) : reason);
  }

  /// Whether an init container is not through yet; says which.
  bool initializing() {
    const auto& statuses = arrayAt(pod_, {"status", "initContainerStatuses"});
    for (size_t i = 0; i < statuses.size(); ++i) {
      const Object* status = statuses[i].if_object();
      if (status == nullptr) continue;
      result_.restarts += numberAt(*status, {"restartCount"});
      const bool sidecar = isSidecar(pod_, kube::findText(*status, {"name"}));
      if (sidecar) sidecarRestarts_ += numberAt(*status, {"restartCount"});
      if (!isThrough(*status, sidecar)) {
        result_.status = "Init:" + blockage(*status, i);
        return true;
      }
    }
    return false;
  }

  /// Whether the next container may start.
  bool isThrough(const Object& status, bool sidecar) {
    const Object* ended = kube::findObject(status, {"state", "terminated"});
    if (ended != nullptr && numberAt(*ended, {"exitCode"}) == 0) return true;
    if (!sidecar || !isTrueAt(status, {"started"})) return false;
    if (isTrueAt(status, {"ready"})) ++result_.ready;
    return true;
  }

  [[nodiscard]] std::string blockage(const Object& status, size_t at) const {
    if (const Object* ended = kube::findObject(status, {"state", "terminated"}))
      return endOf(*ended);
    const std::string_view waits = kube::findText(status, {"state", "waiting", "reason"});
    if (!waits.empty() && waits != "PodInitializing") return std::string(waits);
    return std::to_string(at) + "/" +
           std::to_string(arrayAt(pod_, {"spec", "initContainers"}).size());
  }

  void containers() {
    result_.restarts = sidecarRestarts_;
    bool running = false;
    const auto& statuses = arrayAt(pod_, {"status", "containerStatuses"});
    for (size_t i = statuses.size(); i-- > 0;) {
      if (const Object* status = statuses[i].if_object()) running = container(*status) || running;
    }
    if (result_.status == "Completed" && running)
      result_.status = conditionHolds(pod_, "Ready") ? "Running" : "NotReady";
  }

  /// Whether it runs and is ready.
  bool container(const Object& status) {
    result_.restarts += numberAt(status, {"restartCount"});
    const std::string_view waits = kube::findText(status, {"state", "waiting", "reason"});
    if (!waits.empty()) {
      result_.status = waits;
      return false;
    }
    if (const Object* ended = kube::findObject(status, {"state", "terminated"})) {
      result_.status = endOf(*ended);
      return false;
    }
    const bool runs =
        isTrueAt(status, {"ready"}) && kube::findObject(status, {"state", "running"}) != nullptr;
    result_.ready += runs ? 1 : 0;
    return runs;
  }

  void deletion() {
    const std::string_view phase = kube::findText(pod_, {"status", "phase"});
    if (kube::findText(pod_, {"status", "reason"}) == "NodeLost")
      result_.status = "Unknown";
    else if (phase != "Succeeded" && phase != "Failed")
      result_.status = "Terminating";
  }

  const Object& pod_;
  PodSummary result_;
  int sidecarRestarts_ = 0;
};

}  // namespace

bool isSidecar(const Object& pod, std::string_view name) {
  const Object* container = named(arrayAt(pod, {"spec", "initContainers"}), name);
  return container != nullptr && kube::findText(*container, {"restartPolicy"}) == "Always";
}

PodSummary summarize(const Object& pod) {
  return Summary(pod).take();
}

}  // namespace mc::remote
