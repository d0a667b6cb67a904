#include "operator/policies/observed.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace mc::controller {

namespace json = boost::json;
using kube::Object;

namespace {

constexpr std::string_view kIndexLabel = "batch.kubernetes.io/job-completion-index";

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
