#include "fakes/fake_apiserver/nodes.hpp"

#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr const char* kPods = "pods";

json::object condition(const char* type, bool holds, const std::string& reason,
                       const std::string& now) {
  json::object one{{"type", type},
                   {"status", holds ? "True" : "False"},
                   {"lastProbeTime", nullptr},
                   {"lastTransitionTime", now}};
  if (!reason.empty()) one["reason"] = reason;
  return one;
}

json::object stateOf(const std::string& phase, int exitCode, const std::string& now) {
  if (phase == "Running") return {{"running", json::object{{"startedAt", now}}}};
  return {{"terminated", json::object{{"exitCode", exitCode},
                                      {"reason", exitCode == 0 ? "Completed" : "Error"},
                                      {"startedAt", now},
                                      {"finishedAt", now}}}};
}

json::object containerStatus(const json::object& container, json::object state, bool ready) {
  const bool running = state.contains("running");
  return {{"name", textAt(container, {"name"})},
          {"image", textAt(container, {"image"})},
          {"imageID", ""},
          {"ready", ready},
          {"started", running},
          {"restartCount", 0},
          {"state", std::move(state)}};
}

/// Sidecars live as long as the pod; other init containers are done before it runs.
json::array initStatuses(const json::object& pod, const std::string& phase,
                         const std::string& now) {
  json::array list;
  for (const auto& item : arrayAt(pod, {"spec", "initContainers"})) {
    if (!item.is_object()) continue;
    const bool sidecar = textAt(item.get_object(), {"restartPolicy"}) == "Always";
    list.push_back(containerStatus(item.get_object(),
                                   stateOf(sidecar ? phase : "Succeeded", 0, now),
                                   !sidecar || phase == "Running"));
  }
  return list;
}

json::array mainStatuses(const json::object& pod, const std::string& phase, bool ready,
                         int exitCode, const std::string& now) {
  json::array list;
  for (const auto& item : arrayAt(pod, {"spec", "containers"}))
    if (item.is_object())
      list.push_back(containerStatus(item.get_object(), stateOf(phase, exitCode, now), ready));
  return list;
}

/// An address that stays the pod's: from its uid's end.
std::string addressOf(const json::object& pod) {
  const auto uid = uidOf(pod);
  const auto number = std::stoul(uid.substr(uid.size() - 4), nullptr, 16);
  return "10.244." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 2);
}

/// Conditions that others set (DisruptionTarget) stay.
void setConditions(json::object& status, bool ready, bool finished, const std::string& now) {
  json::array kept;
  for (auto& item : childArray(status, "conditions"))
    if (item.is_object() && textAt(item.get_object(), {"type"}) == "DisruptionTarget")
      kept.push_back(item);
  const std::string reason = ready ? "" : finished ? "PodCompleted" : "ContainersNotReady";
  kept.push_back(condition("PodScheduled", true, "", now));
  kept.push_back(condition("Initialized", true, "", now));
  kept.push_back(condition("ContainersReady", ready, reason, now));
  kept.push_back(condition("Ready", ready, reason, now));
  status["conditions"] = std::move(kept);
}

}  // namespace

bool Nodes::schedule(const std::string& ns, const std::string& pod, const std::string& node) {
  return server_.change(kPods, ns, pod,
                        [&](json::object& object) { child(object, "spec")["nodeName"] = node; });
}

bool Nodes::setStatus(const std::string& ns, const std::string& pod, const std::string& phase,
                      bool ready, int exitCode) {
  const auto now = timestamp(server_.wall());
  return server_.change(kPods, ns, pod, [&](json::object& object) {
    setDefault(child(object, "spec"), "nodeName", "node-1");
    auto& status = child(object, "status");
    status["phase"] = phase;
    setDefault(status, "startTime", now);
    setDefault(status, "podIP", addressOf(object));
    status["podIPs"] = json::array{json::object{{"ip", status["podIP"]}}};
    setConditions(status, ready, phase != "Running", now);
    status["containerStatuses"] = mainStatuses(object, phase, ready, exitCode, now);
    auto init = initStatuses(object, phase, now);
    if (!init.empty()) status["initContainerStatuses"] = std::move(init);
  });
}

bool Nodes::run(const std::string& ns, const std::string& pod) {
  return setStatus(ns, pod, "Running", true, 0);
}

bool Nodes::unready(const std::string& ns, const std::string& pod) {
  return setStatus(ns, pod, "Running", false, 0);
}

bool Nodes::exit(const std::string& ns, const std::string& pod, int exitCode) {
  return setStatus(ns, pod, exitCode == 0 ? "Succeeded" : "Failed", false, exitCode);
}

bool Nodes::disrupt(const std::string& ns, const std::string& pod, const std::string& reason) {
  const auto now = timestamp(server_.wall());
  const bool there = server_.change(kPods, ns, pod, [&](json::object& object) {
    childArray(child(object, "status"), "conditions")
        .push_back(condition("DisruptionTarget", true, reason, now));
  });
  return there && exit(ns, pod, 143) && (server_.remove(kPods, ns, pod), true);
}

bool Nodes::finishDeletions() {
  bool any = false;
  for (const auto& pod : server_.list(kPods)) {
    if (textAt(pod, {"metadata", "deletionTimestamp"}).empty()) continue;
    const auto phase = textAt(pod, {"status", "phase"});
    const bool ended = phase == "Succeeded" || phase == "Failed";
    if (ended && numberAt(pod, {"metadata", "deletionGracePeriodSeconds"}).value_or(0) == 0)
      continue;  // only a finalizer holds it
    if (!ended) exit(namespaceOf(pod), nameOf(pod), 143);
    server_.remove(kPods, namespaceOf(pod), nameOf(pod));
    any = true;
  }
  return any;
}

bool Nodes::runPending() {
  bool any = false;
  for (const auto& pod : server_.list(kPods)) {
    if (textAt(pod, {"status", "phase"}) != "Pending" ||
        !textAt(pod, {"metadata", "deletionTimestamp"}).empty())
      continue;
    any |= run(namespaceOf(pod), nameOf(pod));
  }
  return any;
}

}  // namespace mc::fakes
