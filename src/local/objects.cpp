#include "local/objects.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/base64.hpp"
#include "base/rfc3339.hpp"
#include "core/read.hpp"
#include "local/docker/json.hpp"
#include "local/names.hpp"
#include "local/owner.hpp"
#include "local/status.hpp"
#include "plan/workload.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

/// How far a Deployment's pods are.
struct Counts {
  int64_t replicas = 0;   ///< pods that there are
  int64_t updated = 0;    ///< of the current template
  int64_t available = 0;  ///< that are ready
  std::string trouble;    ///< of the first that is not
};

Counts countPods(const ClusterState& cluster, const std::string& replicaSet) {
  Counts counts;
  for (const PodState& pod : cluster.pods) {
    const PodView view = podView(cluster, pod, {});
    const bool ready =
        std::any_of(view.conditions.begin(), view.conditions.end(),
                    [](const Condition& c) { return c.type == "Ready" && c.status; });
    ++counts.replicas;
    counts.updated += pod.name.starts_with(replicaSet + "-") ? 1 : 0;
    counts.available += ready ? 1 : 0;
    if (ready || !counts.trouble.empty()) continue;
    counts.trouble = "pod " + view.name + ": " + view.status;
    for (const Condition& c : view.conditions)
      if (c.type == "Ready" && !c.message.empty()) counts.trouble += "; " + c.message;
  }
  return counts;
}

json::object conditionObject(const Condition& condition) {
  return {{"type", condition.type},
          {"status", condition.status ? "True" : "False"},
          {"reason", condition.reason},
          {"message", condition.message},
          {"lastTransitionTime", base::formatTime(condition.since)}};
}

void addDeployment(const ClusterState& cluster, engine::ObjectView& view) {
  const auto object = core::readObject(cluster.record.manifest);
  if (!object) return;
  const int64_t wanted = object->deployment.replicas;
  const Counts counts = countPods(cluster, plan::replicaSetName(*object));
  const bool available = counts.available >= wanted;
  const bool complete = available && counts.updated == wanted && counts.replicas == wanted;
  const double since = cluster.record.createdAt;
  view.conditions = {
      {"Available", available,
       available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
       available ? "Deployment has minimum availability."
                 : "Deployment does not have minimum availability." +
                       (counts.trouble.empty() ? "" : " " + counts.trouble),
       since},
      {"Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
       "ReplicaSet \"" + plan::replicaSetName(*object) +
           (complete ? "\" has successfully progressed." : "\" is progressing."),
       since}};
  json::array conditions;
  for (const Condition& condition : view.conditions)
    conditions.push_back(conditionObject(condition));
  view.object["status"] =
      json::object{{"observedGeneration", cluster.record.revision + 1},
                   {"replicas", counts.replicas},
                   {"updatedReplicas", counts.updated},
                   {"readyReplicas", counts.available},
                   {"availableReplicas", counts.available},
                   {"unavailableReplicas", std::max<int64_t>(0, wanted - counts.available)},
                   {"conditions", std::move(conditions)}};
}

/// Whether JSON can hold it as it is; a ConfigMap has anything else below binaryData.
bool isUtf8(const std::string& bytes) {
  size_t left = 0;
  for (const unsigned char c : bytes) {
    if (c == 0) return false;
    if (left > 0) {
      if ((c & 0xc0u) != 0x80) return false;
      --left;
    } else if (c >= 0xf0) {
      left = 3;
    } else if (c >= 0xe0) {
      left = 2;
    } else if (c >= 0xc0) {
      left = 1;
    } else if (c >= 0x80) {
      return false;
    }
  }
  return left == 0;
}

void addValues(const Values& values, core::Kind kind, json::object& object) {
  json::object text;
  json::object binary;
  for (const auto& [key, value] : values) {
    if (kind == core::Kind::ConfigMap && isUtf8(value)) {
      text[key] = value;
    } else {
      binary[key] = base::base64Encode(value);
    }
  }
  if (kind == core::Kind::Secret) {
    if (!binary.empty()) object["data"] = std::move(binary);
    if (!object.contains("type")) object["type"] = "Opaque";
    return;
  }
  if (!text.empty()) object["data"] = std::move(text);
  if (!binary.empty()) object["binaryData"] = std::move(binary);
}

json::object metadataOf(const Record& record) {
  json::object metadata = docker::objectOf(record.manifest, "metadata");
  metadata["name"] = plainNameOf(record.ref);
  metadata["namespace"] = record.ref.ns;
  metadata["uid"] = record.uid;
  metadata["creationTimestamp"] = base::formatTime(record.createdAt);
  metadata["generation"] = record.revision + 1;
  return metadata;
}

}  // namespace

engine::ObjectView objectView(const ClusterState& cluster, const std::optional<Values>& values) {
  const Record& record = cluster.record;
  const core::Kind kind = kindOf(record.ref).value_or(core::Kind::Pod);
  engine::ObjectView view;
  view.ref = {kind, record.ref.ns, plainNameOf(record.ref)};
  view.createdAt = record.createdAt;
  view.terminating = record.removing;
  view.object = record.manifest;
  view.object["metadata"] = metadataOf(record);
  if (kind == core::Kind::Deployment) addDeployment(cluster, view);
  if (values) addValues(*values, kind, view.object);
  return view;
}

json::object serviceObject(const ServiceView& view, const ClusterState& cluster) {
  json::object object = cluster.record.manifest;
  object["metadata"] = metadataOf(cluster.record);
  json::object spec = docker::objectOf(object, "spec");
  const std::string address = view.headless ? "None" : view.clusterIp;
  spec["clusterIP"] = address;
  spec["clusterIPs"] = json::array{json::string(address)};
  if (!spec.contains("type")) spec["type"] = "ClusterIP";
  object["spec"] = std::move(spec);
  object["status"] = json::object{{"loadBalancer", json::object{}}};
  return object;
}

bool needsMonitor(const ClusterState& cluster) {
  const auto kind = kindOf(cluster.record.ref);
  const bool workload = kind == core::Kind::Deployment || kind == core::Kind::Pod;
  if (!workload || !cluster.hasRecord || cluster.record.removing) return false;
  if (!cluster.marks.empty()) return true;
  int32_t pods = 0;
  for (const PodState& pod : cluster.pods) {
    ++pods;
    for (size_t i = 0; i < pod.spec.containers.size(); ++i) {
      const core::Probes& probes = pod.spec.containers[i].probes;
      if (probes.liveness || probes.startup) return true;
      if (!pod.containers[i] || !pod.containers[i]->started()) return true;
    }
  }
  return pods != cluster.record.size;
}

}  // namespace mc::local
