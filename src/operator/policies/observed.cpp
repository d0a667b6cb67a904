#include "operator/policies/observed.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace mc::controller {

namespace json = boost::json;
using kube::Object;

namespace {

constexpr std::string_view kIndexLabel = "batch.kubernetes.io/job-completion-index";

/// Reasons to wait that every container passes through.
bool isUsual(std::string_view reason) {
  return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

bool isGoingAway(const Object& pod) {
  return kube::isDeleting(pod) || kube::findText(pod, {"status", "phase"}) == "Failed";
}

/// Whether `a` counts more than `b`.
bool countsMore(const Object& a, const Object& b) {
  if (isGoingAway(a) != isGoingAway(b)) return isGoingAway(b);
  return kube::findText(a, {"metadata", "creationTimestamp"}) >
         kube::findText(b, {"metadata", "creationTimestamp"});
}

const Object* statusOf(const Object& pod, std::string_view list, std::string_view container) {
  const auto* statuses = kube::findArray(pod, {"status", list});
  if (statuses == nullptr) return nullptr;
  for (const auto& each : *statuses) {
    const auto* status = each.if_object();
    if (status != nullptr && kube::findText(*status, {"name"}) == container) return status;
  }
  return nullptr;
}

/// What keeps the pod from starting: it can't be placed, or one of its containers can't begin.
std::string troubleOf(const Object& pod) {
  const auto* conditions = kube::findArray(pod, {"status", "conditions"});
  for (const auto& each : conditions == nullptr ? json::array() : *conditions) {
    const auto* condition = each.if_object();
    if (condition != nullptr && kube::findText(*condition, {"type"}) == "PodScheduled" &&
        kube::findText(*condition, {"status"}) == "False")
      return std::string(kube::findText(*condition, {"reason"}));
  }
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    const auto* statuses = kube::findArray(pod, {"status", list});
    for (const auto& each : statuses == nullptr ? json::array() : *statuses) {
      if (!each.is_object()) continue;
      const auto reason = kube::findText(each.get_object(), {"state", "waiting", "reason"});
      if (!isUsual(reason)) return std::string(reason);
    }
  }
  return {};
}

}  // namespace

const Object* trueCondition(const Object& object, std::string_view type) {
  const auto* conditions = kube::findArray(object, {"status", "conditions"});
  if (conditions == nullptr) return nullptr;
  for (const auto& each : *conditions) {
    const auto* condition = each.if_object();
    if (condition != nullptr && kube::findText(*condition, {"type"}) == type &&
        kube::findText(*condition, {"status"}) == "True")
      return condition;
  }
  return nullptr;
}

kube::ObjectPtr leadPod(const Observed& observed) {
  kube::ObjectPtr lead;
  for (const auto& pod : observed.pods) {
    if (indexOf(*pod) != 0) continue;
    if (!lead || countsMore(*pod, *lead)) lead = pod;
  }
  return lead;
}

int32_t indexOf(const Object& pod) {
  const auto text = kube::labelOf(pod, kIndexLabel);
  int32_t index = -1;
  std::from_chars(text.data(), text.data() + text.size(), index);
  return index;
}

bool isReady(const Object& pod) {
  if (kube::isDeleting(pod)) return false;
  return trueCondition(pod, "Ready") != nullptr ||
         kube::findText(pod, {"status", "phase"}) == "Succeeded";
}

FluxContainer fluxContainer(const Object& pod, std::string_view name) {
  FluxContainer container;
  container.trouble = troubleOf(pod);
  const auto* status = statusOf(pod, "containerStatuses", name);
  if (status == nullptr) return container;
  container.running = kube::findObject(*status, {"state", "running"}) != nullptr;
  container.exitCode = kube::findNumber(*status, {"state", "terminated", "exitCode"});
  const char* state = container.running ? "running" : "terminated";
  container.startedAt = kube::findText(*status, {"state", state, "startedAt"});
  container.finishedAt = kube::findText(*status, {"state", "terminated", "finishedAt"});
  container.outOfMemory = kube::findText(*status, {"state", "terminated", "reason"}) == "OOMKilled";
  return container;
}

}  // namespace mc::controller
