#include "local/history.hpp"

#include <algorithm>

#include "local/owner.hpp"

namespace mc::local {

namespace {

std::string ending(const ContainerFacts& facts, const std::string& container) {
  if (facts.oomKilled) return "Container " + container + " ran out of memory and was killed";
  return "Container " + container + " exited with status " + std::to_string(facts.exitCode);
}

void addContainer(std::vector<Event>& events, const std::string& object,
                  const std::string& container, const ContainerFacts& facts) {
  const auto add = [&](double time, bool warning, const char* reason, std::string message) {
    events.push_back({time, warning, reason, object, std::move(message)});
  };
  add(facts.createdAt, false, "Created", "Created container " + container);
  if (!facts.started()) {
    if (!facts.error.empty()) add(facts.createdAt, true, "Failed", "Error: " + facts.error);
    return;
  }
  add(facts.startedAt, false, "Started", "Started container " + container);
  if (!facts.healthOutput.empty() && facts.health != "healthy")
    add(facts.startedAt, true, "Unhealthy", facts.healthOutput);
  if (facts.restarts > 0) {
    add(facts.finishedAt, true, "BackOff",
        "Back-off restarting failed container " + container + ", " +
            std::to_string(facts.restarts) + " times so far");
  } else if (facts.ended()) {
    const bool good = facts.exitCode == 0;
    add(facts.finishedAt, !good, good ? "Completed" : "Failed", ending(facts, container));
  }
}

void addPod(std::vector<Event>& events, const ClusterState& cluster, const PodState& pod) {
  const std::string object = "pod/" + pod.name;
  events.push_back(
      {pod.pause.createdAt, false, "Scheduled", object, "Placed on this machine's Docker Engine"});
  if (const WaitMark* mark = cluster.markOf(pod.name, "volumes"))
    events.push_back({mark->since, true, "FailedMount", object, mark->message});
  for (size_t i = 0; i < pod.spec.containers.size(); ++i) {
    const WaitMark* mark = cluster.markOf(pod.name, pod.spec.containers[i].name);
    if (mark != nullptr) events.push_back({mark->since, true, "Failed", object, mark->message});
    if (!pod.containers[i]) continue;
    addContainer(events, object, pod.spec.containers[i].name, *pod.containers[i]);
  }
}

void addEnd(std::vector<Event>& events, const ClusterState& cluster, const std::string& object) {
  const ContainerFacts* lead = cluster.lead();
  if (lead != nullptr && lead->ended()) {
    const bool good = lead->exitCode == 0;
    events.push_back({lead->finishedAt, !good, good ? "Succeeded" : "Failed", object,
                      "The job's exit status is " + std::to_string(lead->exitCode)});
  }
  if (cluster.removalAt > 0) {
    events.push_back({cluster.removalAt, false, "Killing", object, "Removal was begun"});
  }
}

}  // namespace

std::vector<Event> historyOf(const ClusterState& cluster) {
  const std::string& name = cluster.record.ref.name;
  const std::string object = isMiniCluster(cluster.record.ref) ? "minicluster/" + name : name;
  std::vector<Event> events;
  if (cluster.hasRecord) {
    events.push_back({cluster.record.createdAt, false, "Created", object, "Accepted the manifest"});
  }
  for (const PodState& pod : cluster.pods) addPod(events, cluster, pod);
  addEnd(events, cluster, object);
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.time < b.time; });
  return events;
}

}  // namespace mc::local
