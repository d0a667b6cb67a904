#include "cli/print/describe.hpp"

#include <algorithm>

#include "cli/print/description.hpp"
#include "cli/print/human.hpp"
#include "cli/print/objects.hpp"

namespace mc::cli {

namespace {

constexpr const char* kNone = "<none>";

std::string orNone(const std::string& text) {
  return text.empty() ? kNone : text;
}

std::string yesNo(bool value) {
  return value ? "True" : "False";
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string portList(const std::vector<int32_t>& ports, bool host) {
  std::string text;
  for (const int32_t port : ports)
    text += (text.empty() ? "" : ", ") + std::to_string(host ? 0 : port) + "/TCP";
  return orNone(text);
}

void describeWords(Description& out, const char* label, const std::vector<std::string>& words) {
  if (words.empty()) return;
  out.heading(2, label);
  for (const auto& word : words)
    for (const auto& line : linesOf(word)) out.text(3, line);
}

/// "tcp-socket :5671 delay=0s timeout=1s period=10s #success=1 #failure=3"
std::string probeText(const core::Probe& probe) {
  std::string text;
  for (const auto& word : probe.exec) text += (text.empty() ? "exec [" : " ") + word;
  if (!probe.exec.empty()) text += "]";
  if (!probe.httpPort.empty()) text = "http-get http://:" + probe.httpPort + probe.httpPath;
  if (!probe.tcpPort.empty()) text = "tcp-socket :" + probe.tcpPort;
  return text + " delay=" + std::to_string(probe.initialDelay) +
         "s timeout=" + std::to_string(probe.timeout) + "s period=" + std::to_string(probe.period) +
         "s #success=" + std::to_string(probe.successThreshold) +
         " #failure=" + std::to_string(probe.failureThreshold);
}

void describeProbes(Description& out, const core::Probes& probes) {
  if (probes.liveness) out.value(2, "Liveness", probeText(*probes.liveness));
  if (probes.readiness) out.value(2, "Readiness", probeText(*probes.readiness));
  if (probes.startup) out.value(2, "Startup", probeText(*probes.startup));
}

/// "<set to the key 'password' in secret 'merlin'>  Optional: false"
std::string sourceText(const core::Variable& variable) {
  if (!variable.fieldPath.empty()) return "(v1:" + variable.fieldPath + ")";
  const auto& ref = variable.secret ? *variable.secret : *variable.configMap;
  const std::string kind = variable.secret ? "in secret '" : "of config map '";
  return "<set to the key '" + ref.key + "' " + kind + ref.name +
         "'>  Optional: " + (ref.optional ? "true" : "false");
}

void describeBasics(Description& out, const engine::ContainerView& container) {
  const bool exists = !container.id.empty();
  const bool several = container.ports.size() > 1;
  out.heading(1, container.name);
  if (exists) out.value(2, "Container ID", container.id);
  out.value(2, "Image", container.image);
  if (exists) out.value(2, "Image ID", container.imageId);
  out.value(2, several ? "Ports" : "Port", portList(container.ports, false));
  out.value(2, several ? "Host Ports" : "Host Port", portList(container.ports, true));
  describeWords(out, "Command", container.command);
  describeWords(out, "Args", container.args);
}

void describeEnd(Description& out, const engine::ContainerView& container) {
  if (!container.message.empty()) out.value(3, "Message", container.message);
  out.value(3, "Exit Code", std::to_string(container.exitCode));
  out.value(3, "Started", rfc1123(container.startedAt));
  out.value(3, "Finished", rfc1123(container.finishedAt));
}

void describeState(Description& out, const engine::ContainerView& container) {
  switch (container.state) {
    case engine::ContainerState::Running:
      out.value(2, "State", "Running");
      out.value(3, "Started", rfc1123(container.startedAt));
      break;
    case engine::ContainerState::Waiting:
      out.value(2, "State", "Waiting");
      if (!container.reason.empty()) out.value(3, "Reason", container.reason);
      if (!container.message.empty()) out.value(3, "Message", container.message);
      break;
    case engine::ContainerState::Terminated:
      out.value(2, "State", "Terminated");
      if (!container.reason.empty()) out.value(3, "Reason", container.reason);
      describeEnd(out, container);
      break;
  }
  if (container.lastFinishedAt != 0) {
    out.value(2, "Last State", "Terminated");
    out.value(3, "Exit Code", std::to_string(container.exitCode));
    out.value(3, "Finished", rfc1123(container.lastFinishedAt));
  }
  out.value(2, "Ready", yesNo(container.ready));
  out.value(2, "Restart Count", std::to_string(container.restarts));
}

void describeQuantities(Description& out, const std::string& label, const api::StringMap& map) {
  if (map.empty()) return;
  out.heading(2, label);
  for (const auto& [resource, quantity] : map) out.value(3, resource, quantity);
}

void describeEnvironment(Description& out, const engine::ContainerView& container) {
  if (container.environment.empty() && container.references.empty())
    return out.value(2, "Environment", kNone);
  out.heading(2, "Environment");
  for (const auto& variable : container.references)
    out.value(3, variable.name, sourceText(variable));
  for (const auto& [name, value] : container.environment) {
    const auto lines = linesOf(value);
    out.value(3, name, lines.front());
    for (size_t i = 1; i < lines.size(); ++i) out.row(3, {"", lines[i]});
  }
}

void describeMounts(Description& out, std::vector<plan::Mount> mounts) {
  if (mounts.empty()) return out.value(2, "Mounts", kNone);
  std::sort(mounts.begin(), mounts.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  out.heading(2, "Mounts");
  for (const auto& mount : mounts)
    out.text(3, mount.path + " from " + mount.volume + (mount.readOnly ? " (ro)" : " (rw)"));
}

void describeContainer(Description& out, const engine::ContainerView& container) {
  describeBasics(out, container);
  describeState(out, container);
  describeQuantities(out, "Limits", container.resources.limits);
  describeQuantities(out, "Requests", container.resources.requests);
  describeProbes(out, container.probes);
  describeEnvironment(out, container);
  describeMounts(out, container.mounts);
}

void describeVolume(Description& out, const plan::PodVolume& volume) {
  const api::Volume& source = volume.source;
  out.heading(1, volume.name);
  switch (source.kind) {
    case api::VolumeKind::HostPath:
      out.value(2, "Type", "HostPath (bare host directory volume)");
      out.value(2, "Path", source.source);
      break;
    case api::VolumeKind::EmptyDir:
      out.value(2, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
      out.value(2, "Medium", source.inMemory ? "Memory" : "");
      out.value(2, "SizeLimit", source.sizeLimit.empty() ? "<unset>" : source.sizeLimit);
      break;
    case api::VolumeKind::Claim:
      out.value(
          2, "Type",
          "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
      out.value(2, "ClaimName", source.source);
      out.value(2, "ReadOnly", source.readOnly ? "true" : "false");
      break;
    case api::VolumeKind::ConfigMap:
      out.value(2, "Type", "ConfigMap (a volume populated by a ConfigMap)");
      out.value(2, "Name", source.source);
      break;
    case api::VolumeKind::Secret:
      out.value(2, "Type", "Secret (a volume populated by a Secret)");
      out.value(2, "SecretName", source.source);
      break;
    case api::VolumeKind::Csi:
      out.value(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
      out.value(2, "Driver", source.source);
      break;
  }
}

void describeConditions(Description& out, const std::vector<engine::Condition>& conditions) {
  if (conditions.empty()) return;
  out.heading(0, "Conditions");
  out.row(1, {"Type", "Status"});
  for (const auto& condition : conditions)
    out.row(1, {condition.type + " ", yesNo(condition.status) + " "});
}

}  // namespace

std::string describePod(const engine::PodView& pod, const std::vector<engine::Event>& events,
                        double now) {
  Description out;
  out.value(0, "Name", pod.name);
  out.value(0, "Namespace", pod.ns);
  out.value(0, "Node", orNone(pod.node));
  if (pod.startedAt != 0) out.value(0, "Start Time", rfc1123(pod.startedAt));
  out.map("Labels", pod.labels, "=");
  out.map("Annotations", pod.annotations, ": ");
  out.value(0, "Status", pod.terminating ? "Terminating" : engine::phaseName(pod.phase));
  out.value(0, "IP", pod.ip);
  if (!pod.ip.empty()) {
    out.heading(0, "IPs");
    out.value(1, "IP", pod.ip);
  }
  if (pod.controlled)
    out.value(0, "Controlled By",
              pod.controller.empty() ? "MiniCluster/" + pod.cluster : pod.controller);
  const auto isInit = [](const auto& c) { return c.kind == plan::ContainerKind::Init; };
  if (std::any_of(pod.containers.begin(), pod.containers.end(), isInit))
    out.heading(0, "Init Containers");
  for (const auto& container : pod.containers)
    if (isInit(container)) describeContainer(out, container);
  out.heading(0, "Containers");
  for (const auto& container : pod.containers)
    if (!isInit(container)) describeContainer(out, container);
  describeConditions(out, pod.conditions);
  if (pod.volumes.empty()) out.value(0, "Volumes", kNone);
  if (!pod.volumes.empty()) out.heading(0, "Volumes");
  for (const auto& volume : pod.volumes) describeVolume(out, volume);
  out.events(events, now);
  return out.take();
}

std::string describeCluster(const engine::ClusterView& cluster,
                            const std::vector<engine::Event>& events, double now) {
  const boost::json::object object = clusterObject(cluster);
  Description out;
  out.value(0, "Name", cluster.ref.name);
  out.value(0, "Namespace", cluster.ref.ns);
  out.map("Labels", metadataMap(object, "labels"), "=");
  out.map("Annotations", metadataMap(object, "annotations"), ": ");
  out.object(
      0, object, "",
      {".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations"});
  out.events(events, now);
  return out.take();
}

namespace {

/// The pods' port behind a port of the Service.
std::string targetPort(const engine::ServiceView& service, int32_t port) {
  for (const auto& each : service.portList)
    if (each.port == port) return each.target;
  return std::to_string(port);
}

}  // namespace

std::string describeService(const engine::ServiceView& service) {
  const std::string address = service.headless ? "None" : service.clusterIp;
  Description out;
  out.value(0, "Name", service.name);
  out.value(0, "Namespace", service.ns);
  if (!service.selector.empty()) {
    std::string selector;
    for (const auto& [key, value] : service.selector)
      selector += (selector.empty() ? "" : ",") + key + "=" + value;
    out.value(0, "Selector", selector);
  }
  out.value(0, "Type", "ClusterIP");
  out.value(0, "IP", orNone(address));
  for (const int32_t port : service.ports) {
    const std::string number = std::to_string(port);
    std::string endpoints;
    for (const auto& endpoint : service.endpoints)
      endpoints += (endpoints.empty() ? "" : ",") + endpoint + ":" + targetPort(service, port);
    const auto known = std::find_if(service.portList.begin(), service.portList.end(),
                                    [&](const auto& each) { return each.port == port; });
    const bool named = known != service.portList.end() && !known->name.empty();
    out.row(0, {"Port:", named ? known->name : "<unset>", number + "/TCP"});
    out.value(0, "TargetPort", targetPort(service, port) + "/TCP");
    out.value(0, "Endpoints", orNone(endpoints));
  }
  out.value(0, "Session Affinity", "None");
  return out.take();
}

}  // namespace mc::cli
