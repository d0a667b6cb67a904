#include "cli/print/objects.hpp"

#include <boost/json/array.hpp>

#include "cli/print/human.hpp"

namespace mc::cli {

namespace {

namespace json = boost::json;

json::object mapObject(const api::StringMap& map) {
  json::object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

json::value timeOrNull(double seconds) {
  if (seconds == 0) return nullptr;
  return json::value(rfc3339(seconds));
}

void putMap(json::object& object, const char* key, const api::StringMap& map) {
  if (!map.empty()) object[key] = mapObject(map);
}

json::object metadata(const std::string& name, const std::string& ns, double createdAt) {
  return {{"name", name}, {"namespace", ns}, {"creationTimestamp", timeOrNull(createdAt)}};
}

template <class Range, class Make>
json::array arrayOf(const Range& range, const Make& make) {
  json::array array;
  for (const auto& item : range) array.push_back(make(item));
  return array;
}

json::object conditionObject(const engine::Condition& condition) {
  json::object object = {{"type", condition.type},
                         {"status", condition.status ? "True" : "False"},
                         {"lastTransitionTime", timeOrNull(condition.since)}};
  if (!condition.reason.empty()) object["reason"] = condition.reason;
  if (!condition.message.empty()) object["message"] = condition.message;
  return object;
}

json::object portObject(int32_t port) {
  return {{"containerPort", port}, {"protocol", "TCP"}};
}

json::object mountObject(const plan::Mount& mount) {
  json::object object = {{"name", mount.volume}, {"mountPath", mount.path}};
  if (mount.readOnly) object["readOnly"] = true;
  return object;
}

/// A variable whose value comes from elsewhere.
json::object referenceObject(const core::Variable& variable) {
  json::object from;
  const auto& ref = variable.secret ? variable.secret : variable.configMap;
  if (ref) {
    json::object key = {{"name", ref->name}, {"key", ref->key}};
    if (ref->optional) key["optional"] = true;
    from[variable.secret ? "secretKeyRef" : "configMapKeyRef"] = std::move(key);
  } else {
    from["fieldRef"] = json::object{{"apiVersion", "v1"}, {"fieldPath", variable.fieldPath}};
  }
  return {{"name", variable.name}, {"valueFrom", std::move(from)}};
}

std::vector<engine::ContainerView> containersOf(const engine::PodView& pod, bool init) {
  std::vector<engine::ContainerView> some;
  for (const auto& container : pod.containers)
    if ((container.kind == plan::ContainerKind::Init) == init) some.push_back(container);
  return some;
}

json::object containerObject(const engine::ContainerView& container) {
  json::object object = {{"name", container.name}, {"image", container.image}};
  if (!container.command.empty())
    object["command"] = json::array(container.command.begin(), container.command.end());
  if (!container.args.empty())
    object["args"] = json::array(container.args.begin(), container.args.end());
  json::array environment = arrayOf(container.environment, [](const auto& entry) {
    return json::object{{"name", entry.first}, {"value", entry.second}};
  });
  for (const auto& variable : container.references)
    environment.push_back(referenceObject(variable));
  if (!environment.empty()) object["env"] = std::move(environment);
  if (!container.ports.empty()) object["ports"] = arrayOf(container.ports, portObject);
  json::object resources;
  putMap(resources, "limits", container.resources.limits);
  putMap(resources, "requests", container.resources.requests);
  object["resources"] = std::move(resources);
  if (!container.mounts.empty()) object["volumeMounts"] = arrayOf(container.mounts, mountObject);
  return object;
}

json::object volumeObject(const plan::PodVolume& volume) {
  const api::Volume& source = volume.source;
  json::object detail;
  const char* key = "emptyDir";
  switch (source.kind) {
    case api::VolumeKind::EmptyDir:
      if (source.inMemory) detail["medium"] = "Memory";
      if (!source.sizeLimit.empty()) detail["sizeLimit"] = source.sizeLimit;
      break;
    case api::VolumeKind::HostPath:
      key = "hostPath";
      detail["path"] = source.source;
      break;
    case api::VolumeKind::Claim:
      key = "persistentVolumeClaim";
      detail["claimName"] = source.source;
      break;
    case api::VolumeKind::ConfigMap:
      key = "configMap";
      detail["name"] = source.source;
      break;
    case api::VolumeKind::Secret:
      key = "secret";
      detail["secretName"] = source.source;
      break;
    case api::VolumeKind::Csi:
      key = "csi";
      detail["driver"] = source.source;
      break;
  }
  return {{"name", volume.name}, {key, std::move(detail)}};
}

json::object stateObject(const engine::ContainerView& container) {
  json::object detail;
  switch (container.state) {
    case engine::ContainerState::Running:
      detail["startedAt"] = timeOrNull(container.startedAt);
      return {{"running", std::move(detail)}};
    case engine::ContainerState::Terminated:
      detail = {{"exitCode", container.exitCode},
                {"startedAt", timeOrNull(container.startedAt)},
                {"finishedAt", timeOrNull(container.finishedAt)},
                {"containerID", container.id}};
      break;
    case engine::ContainerState::Waiting:
      break;
  }
  if (!container.reason.empty()) detail["reason"] = container.reason;
  if (!container.message.empty()) detail["message"] = container.message;
  const bool ended = container.state == engine::ContainerState::Terminated;
  return {{ended ? "terminated" : "waiting", std::move(detail)}};
}

/// How the run before the last restart ended.
json::object lastStateObject(const engine::ContainerView& container) {
  if (container.lastFinishedAt == 0) return {};
  return {
      {"terminated",
       {{"exitCode", container.exitCode}, {"finishedAt", timeOrNull(container.lastFinishedAt)}}}};
}

json::object containerStatusObject(const engine::ContainerView& container) {
  return {{"name", container.name},
          {"image", container.image},
          {"imageID", container.imageId},
          {"containerID", container.id},
          {"ready", container.ready},
          {"started", container.state == engine::ContainerState::Running},
          {"restartCount", container.restarts},
          {"state", stateObject(container)},
          {"lastState", lastStateObject(container)}};
}

json::object podStatusObject(const engine::PodView& pod) {
  json::object status = {
      {"phase", engine::phaseName(pod.phase)},
      {"conditions", arrayOf(pod.conditions, conditionObject)},
      {"containerStatuses", arrayOf(containersOf(pod, false), containerStatusObject)}};
  const auto init = containersOf(pod, true);
  if (!init.empty()) status["initContainerStatuses"] = arrayOf(init, containerStatusObject);
  if (!pod.ip.empty()) {
    status["podIP"] = pod.ip;
    status["podIPs"] = json::array{json::object{{"ip", pod.ip}}};
  }
  if (pod.startedAt != 0) status["startTime"] = timeOrNull(pod.startedAt);
  return status;
}

}  // namespace

json::object podObject(const engine::PodView& pod) {
  if (pod.object) return *pod.object;
  json::object meta = metadata(pod.name, pod.ns, pod.createdAt);
  meta["uid"] = pod.uid;
  putMap(meta, "labels", pod.labels);
  putMap(meta, "annotations", pod.annotations);
  json::object spec = {{"containers", arrayOf(containersOf(pod, false), containerObject)},
                       {"nodeName", pod.node},
                       {"restartPolicy", pod.restartPolicy}};
  const auto init = containersOf(pod, true);
  if (!init.empty()) spec["initContainers"] = arrayOf(init, containerObject);
  if (!pod.volumes.empty()) spec["volumes"] = arrayOf(pod.volumes, volumeObject);
  if (!pod.hostname.empty()) spec["hostname"] = pod.hostname;
  if (!pod.subdomain.empty()) spec["subdomain"] = pod.subdomain;
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", std::move(meta)},
          {"spec", std::move(spec)},
          {"status", podStatusObject(pod)}};
}

json::object serviceObject(const engine::ServiceView& service) {
  if (service.object) return *service.object;
  json::object spec = {{"clusterIP", service.headless ? "None" : service.clusterIp},
                       {"type", "ClusterIP"}};
  spec["ports"] = arrayOf(service.ports, [](int32_t port) {
    return json::object{{"port", port}, {"protocol", "TCP"}, {"targetPort", port}};
  });
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", metadata(service.name, service.ns, service.createdAt)},
          {"spec", std::move(spec)},
          {"status", {{"loadBalancer", json::object{}}}}};
}

json::object clusterObject(const engine::ClusterView& cluster) {
  if (cluster.object) return *cluster.object;
  json::object object = cluster.manifest;
  json::object meta = metadata(cluster.ref.name, cluster.ref.ns, cluster.createdAt);
  if (const auto* given = object.if_contains("metadata"); given != nullptr && given->is_object())
    for (const auto& [key, value] : given->get_object())
      if (!meta.contains(key)) meta[key] = value;
  meta["uid"] = cluster.uid;
  meta["generation"] = cluster.generation;
  object["metadata"] = std::move(meta);
  json::object status = {{"phase", engine::phaseName(cluster.phase)},
                         {"size", cluster.size},
                         {"ready", cluster.readyPods},
                         {"conditions", arrayOf(cluster.conditions, conditionObject)}};
  if (!cluster.leadPod.empty()) status["leadPod"] = cluster.leadPod;
  if (cluster.startedAt != 0) status["startTime"] = timeOrNull(cluster.startedAt);
  if (cluster.finishedAt != 0) status["completionTime"] = timeOrNull(cluster.finishedAt);
  if (cluster.finished) status["exitCode"] = cluster.exitCode;
  object["status"] = std::move(status);
  return object;
}

api::StringMap metadataMap(const json::object& object, const char* key) {
  api::StringMap map;
  const auto* metadata = object.if_contains("metadata");
  if (metadata == nullptr || !metadata->is_object()) return map;
  const auto* given = metadata->get_object().if_contains(key);
  if (given == nullptr || !given->is_object()) return map;
  for (const auto& [name, value] : given->get_object())
    if (value.is_string()) map[name] = value.get_string().c_str();
  return map;
}

json::object listObject(std::vector<json::object> items) {
  json::array array;
  for (auto& item : items) array.push_back(std::move(item));
  return {{"apiVersion", "v1"},
          {"items", std::move(array)},
          {"kind", "List"},
          {"metadata", {{"resourceVersion", ""}}}};
}

}  // namespace mc::cli
