#include "operator/policies/status.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "operator/objects/names.hpp"
#include "operator/policies/completion.hpp"
#include "operator/policies/scaling.hpp"
#include "operator/policies/suspend.hpp"
#include "operator/policies/trouble.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Object;

namespace {

constexpr const char* kInLine = "kept in the queue by Kueue";

/// What the conditions are made from.
struct Facts {
  std::string phase;
  int32_t size = 0;
  int32_t ready = 0;
  FluxContainer lead;
  std::string leadPod;
  Suspension suspension = Suspension::None;
  std::optional<Ending> end;
  bool started = false;  ///< the lead ran once
  bool services = true;  ///< the services pod is ready, or none is wanted
  std::string lost;      ///< why the services pod has ended, if it has
  std::string trouble;   ///< of the first pod that has any

  [[nodiscard]] bool running() const { return lead.running && !end; }
  [[nodiscard]] bool podsReady() const { return running() && ready >= size; }
  [[nodiscard]] bool allReady() const { return podsReady() && services; }
};

std::string phaseOf(const Facts& facts) {
  if (facts.end) return facts.end->succeeded ? "Succeeded" : "Failed";
  if (facts.suspension != Suspension::None) return "Suspended";
  return facts.running() ? "Running" : "Pending";
}

bool wasTrue(const Object& cluster, std::string_view type) {
  return trueCondition(cluster, type) != nullptr;
}

/// The lead first, then by index, then the services: what comes first holds up the rest.
std::vector<kube::ObjectPtr> inOrder(const Observed& observed) {
  auto pods = observed.pods;
  std::erase_if(pods, [](const auto& pod) { return kube::isDeleting(*pod); });
  std::sort(pods.begin(), pods.end(), [](const auto& a, const auto& b) {
    return std::pair(indexOf(*a), kube::nameOf(*a)) < std::pair(indexOf(*b), kube::nameOf(*b));
  });
  if (observed.servicesPod) pods.push_back(observed.servicesPod);
  return pods;
}

std::string firstTrouble(const StatusInput& input) {
  for (const auto& pod : inOrder(input.observed))
    if (auto trouble = troubleOf(*pod, input.wanted); !trouble.empty())
      return "pod " + std::string(kube::nameOf(*pod)) + ": " + trouble;
  return {};
}

void gatherServices(const StatusInput& input, Facts& facts) {
  const auto& pod = input.observed.servicesPod;
  const bool wanted = input.wanted != nullptr && !input.wanted->services.empty();
  facts.services = !wanted || (pod && trueCondition(*pod, "Ready") != nullptr);
  if (pod) facts.lost = endOf(*pod);
}

Facts gather(const StatusInput& input) {
  Facts facts;
  const auto name = kube::nameOf(input.cluster);
  for (const auto& pod : input.observed.pods) facts.ready += isReady(*pod) ? 1 : 0;
  if (input.wanted != nullptr) {
    facts.size = input.wanted->size;
    facts.suspension = suspension(*input.wanted, input.observed);
  }
  if (const auto pod = leadPod(input.observed)) {
    facts.lead = fluxContainer(*pod, name);
    facts.lead.running = facts.lead.running && !kube::isDeleting(*pod);
    if (facts.lead.running || facts.lead.exitCode) facts.leadPod = kube::nameOf(*pod);
  }
  gatherServices(input, facts);
  facts.trouble = firstTrouble(input);
  facts.end = ending(input.observed, name);
  facts.started = wasTrue(input.cluster, "Running") ||
                  kube::findText(input.cluster, {"status", "leadPod"}) != "";
  facts.phase = phaseOf(facts);
  return facts;
}

/// Writes conditions, each with the time since which it is what it is.
class Conditions {
 public:
  explicit Conditions(const StatusInput& input) : input_(input) {}

  void add(std::string_view type, bool isTrue, std::string_view reason, std::string_view message) {
    json::object condition{{"type", type},
                           {"status", isTrue ? "True" : "False"},
                           {"reason", reason},
                           {"message", message},
                           {"observedGeneration", kube::generationOf(input_.cluster)},
                           {"lastTransitionTime", kube::formatSeconds(input_.now)}};
    const auto* before = find(type);
    if (before != nullptr &&
        kube::findText(*before, {"status"}) == kube::findText(condition, {"status"}))
      condition["lastTransitionTime"] = before->at("lastTransitionTime");
    conditions_.push_back(std::move(condition));
  }
  json::array take() { return std::move(conditions_); }

 private:
  [[nodiscard]] const Object* find(std::string_view type) const {
    const auto* all = kube::findArray(input_.cluster, {"status", "conditions"});
    if (all == nullptr) return nullptr;
    for (const auto& each : *all) {
      const auto* condition = each.if_object();
      if (condition != nullptr && kube::findText(*condition, {"type"}) == type &&
          condition->contains("lastTransitionTime"))
        return condition;
    }
    return nullptr;
  }

  const StatusInput& input_;
  json::array conditions_;
};

void addAccepted(const StatusInput& input, Conditions& conditions) {
  const bool refused = !input.refused.reason.empty();
  conditions.add("Accepted", !refused, refused ? input.refused.reason : "ManifestValid",
                 input.refused.message);
}

std::string readyText(const Facts& facts) {
  std::string text = std::to_string(facts.ready) + " of " + std::to_string(facts.size) +
                     (facts.size == 1 ? " pod is ready" : " pods are ready");
  if (!facts.trouble.empty()) return text + "; " + facts.trouble;
  return facts.services ? text : text + "; the services pod is not";
}

/// Why Ready is false; of the services only once there is nothing else to wait for.
std::string_view notReadyReason(const Facts& facts) {
  return facts.podsReady() ? "ServicesNotReady" : "PodsNotReady";
}

void addReady(const StatusInput& input, const Facts& facts, Conditions& conditions) {
  if (facts.end) return conditions.add("Ready", false, facts.end->reason, facts.end->message);
  if (facts.suspension != Suspension::None) return conditions.add("Ready", false, "Suspended", "");
  if (!input.failed.reason.empty())
    return conditions.add("Ready", false, input.failed.reason, input.failed.message);
  if (!facts.lost.empty())
    return conditions.add("Ready", false, kServicesLost,
                          "the services pod has ended: " + facts.lost);
  conditions.add("Ready", facts.allReady(),
                 facts.allReady() ? "AllPodsReady" : notReadyReason(facts), readyText(facts));
}

void addRunning(const Facts& facts, Conditions& conditions) {
  if (facts.end) return conditions.add("Running", false, facts.end->reason, facts.end->message);
  if (facts.suspension != Suspension::None)
    return conditions.add("Running", false, "Suspended", "");
  if (facts.running())
    return conditions.add("Running", true, "LeadBrokerRunning", "in pod " + facts.leadPod);
  conditions.add("Running", false, facts.started ? "LeadBrokerLost" : "LeadBrokerNotStarted", "");
}

void addEnds(const Facts& facts, Conditions& conditions) {
  const bool ended = facts.end.has_value();
  const bool succeeded = ended && facts.end->succeeded;
  const std::string reason = ended ? facts.end->reason : "JobNotFinished";
  const std::string message = ended ? facts.end->message : "";
  conditions.add("Succeeded", succeeded, reason, message);
  conditions.add("Failed", ended && !succeeded, reason, message);
}

void addSuspended(const Facts& facts, Conditions& conditions) {
  const bool waits = facts.suspension != Suspension::None && !facts.end;
  if (!waits) return conditions.add("Suspended", false, "NotSuspended", "");
  const bool queued = facts.suspension == Suspension::InQueue;
  conditions.add("Suspended", true, queued ? "InQueue" : "SuspendRequested",
                 queued ? kInLine : "spec.suspend is true");
}

json::array makeConditions(const StatusInput& input, const Facts& facts) {
  Conditions conditions(input);
  addAccepted(input, conditions);
  addReady(input, facts, conditions);
  addRunning(facts, conditions);
  addEnds(facts, conditions);
  addSuspended(facts, conditions);
  return conditions.take();
}

void addTimes(const StatusInput& input, const Facts& facts, json::object& status) {
  // Together with what comes of it: by itself it is not worth a write.
  if (input.observed.job && (facts.running() || facts.end)) {
    const auto start = kube::findText(*input.observed.job, {"status", "startTime"});
    if (!start.empty()) status["startTime"] = start;
  }
  if (!facts.end) return;
  status["completionTime"] =
      facts.end->time.empty() ? kube::formatSeconds(input.now) : facts.end->time;
  if (facts.end->exitCode) status["exitCode"] = *facts.end->exitCode;
}

/// Conditions that progress of the start changes.
bool isProgress(std::string_view type) {
  return type == "Ready" || type == "Running";
}

/// A status without what progress of the start changes.
json::object withoutProgress(json::object status) {
  for (const char* field : {"ready", "leadPod", "phase", "startTime"}) status.erase(field);
  auto* conditions = status.if_contains("conditions");
  if (conditions == nullptr || !conditions->is_array()) return status;
  json::array others;
  for (const auto& each : conditions->get_array())
    if (each.is_object() && !isProgress(kube::findText(each.get_object(), {"type"})))
      others.push_back(each);
  *conditions = std::move(others);
  return status;
}

bool isStarting(const json::object& status) {
  const auto phase = kube::findText(status, {"phase"});
  return phase == "Pending" || phase == "Running";
}

bool hasReason(const json::object& status, std::string_view reason) {
  const auto* conditions = kube::findArray(status, {"conditions"});
  return conditions != nullptr &&
         std::any_of(conditions->begin(), conditions->end(), [reason](const auto& each) {
           return each.is_object() && kube::findText(each.get_object(), {"reason"}) == reason;
         });
}

/// Whether nothing has gone wrong that somebody should know at once.
bool isWell(const json::object& status) {
  const Object object{{"status", status}};
  return trueCondition(object, "Accepted") != nullptr && !hasReason(status, "CreateFailed");
}

}  // namespace

json::object makeStatus(const StatusInput& input) {
  const Facts facts = gather(input);
  const auto* before = kube::findObject(input.cluster, {"status"});
  json::object status = before == nullptr ? json::object() : *before;
  status["phase"] = facts.phase;
  status["conditions"] = makeConditions(input, facts);
  status["observedGeneration"] = kube::generationOf(input.cluster);
  status["ready"] = facts.ready;
  if (input.wanted != nullptr) {
    status["size"] = input.wanted->size;
    status["maximumSize"] = maximumSize(input.cluster);
  }
  status["selector"] = std::string(kClusterLabel) + "=" + std::string(kube::nameOf(input.cluster)) +
                       "," + std::string(kRoleLabel) + "=" + std::string(kFluxRole);
  if (!facts.leadPod.empty()) status["leadPod"] = facts.leadPod;
  addTimes(input, facts, status);
  return status;
}

json::object statusPatch(const json::object& before, const json::object& after) {
  json::object patch;
  for (const auto& each : after) {
    const auto* old = before.if_contains(each.key());
    if (old == nullptr || *old != each.value()) patch[each.key()] = each.value();
  }
  for (const auto& each : before)
    if (!after.contains(each.key())) patch[each.key()] = nullptr;
  return patch;
}

bool isOnlyProgress(const json::object& before, const json::object& after) {
  if (hasReason(after, kServicesLost)) return false;
  if (before.empty()) return isStarting(after) && isWell(after);
  return isStarting(before) && isStarting(after) &&
         withoutProgress(before) == withoutProgress(after);
}

bool hasEnded(const Object& cluster) {
  const auto phase = kube::findText(cluster, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace mc::controller
