#include <algorithm>
#include <charconv>
#include <set>

#include "base/yaml.hpp"
#include "core/convert.hpp"

namespace mc::core {
namespace {

using api::quoted;
using api::Report;

std::string at(const std::string& list, size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

bool isNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Exactly one of several alternatives must be there.
void exactlyOne(int given, const std::string& path, const std::string& which, Report& report) {
  if (given == 1) return;
  report.add(path, given == 0 ? "says nothing" : "says more than one thing",
             "give exactly one of " + which);
}

// Environment

Variable convertVariable(VariableDraft& draft, const std::string& path, Report& report) {
  Variable variable = draft;
  if (draft.secretDraft.given) variable.secret = draft.secretDraft;
  if (draft.configMapDraft.given) variable.configMap = draft.configMapDraft;
  if (draft.field.given) variable.fieldPath = draft.field.path;
  const int sources = (draft.secretDraft.given ? 1 : 0) + (draft.configMapDraft.given ? 1 : 0) +
                      (draft.field.given ? 1 : 0);
  if (report.given(path + ".valueFrom") || sources > 0) {
    exactlyOne(sources, path + ".valueFrom", "secretKeyRef, configMapKeyRef and fieldRef", report);
    if (!variable.value.empty())
      report.add(path + ".valueFrom", "may not be given together with `value`",
                 "remove one of them");
  }
  return variable;
}

VariablesFrom convertFrom(const VariablesFromDraft& draft, const std::string& path,
                          Report& report) {
  exactlyOne((draft.configMap.given ? 1 : 0) + (draft.secret.given ? 1 : 0), path,
             "configMapRef and secretRef", report);
  if (draft.secret.given) return {draft.prefix, "", draft.secret.name, draft.secret.optional};
  return {draft.prefix, draft.configMap.name, "", draft.configMap.optional};
}

// Probes

/// A port's number by its name; a number stays.
std::string portNumber(const std::string& port, const Container& container, const std::string& path,
                       Report& report) {
  if (port.empty() || isNumber(port)) return port;
  for (const Port& each : container.ports)
    if (each.name == port) return std::to_string(each.number);
  report.add(path, "no port of the container is named " + quoted(port),
             "give its number, or name one of `ports`");
  return {};
}

std::optional<Probe> convertProbe(const Given<ProbeDraft>& draft, const Container& container,
                                  const std::string& path, bool readiness, Report& report) {
  if (!draft.given) return std::nullopt;
  Probe probe = draft;
  exactlyOne(
      (draft.execDraft.given ? 1 : 0) + (draft.http.given ? 1 : 0) + (draft.tcp.given ? 1 : 0),
      path, "exec, httpGet and tcpSocket", report);
  if (draft.execDraft.given) {
    probe.exec = draft.execDraft.command;
    if (probe.exec.empty()) report.add(path + ".exec", "has no command", "add `command: [...]`");
  }
  if (draft.http.given) {
    probe.httpPort = portNumber(draft.http.port, container, path + ".httpGet.port", report);
    probe.httpHost = draft.http.host;
    probe.httpPath = draft.http.path;
    if (draft.http.scheme == "HTTPS")
      report.add(path + ".httpGet.scheme", "needs Kubernetes: probes by HTTPS",
                 "use tcpSocket or exec");
    probe.httpHeaders = draft.http.headers;
  }
  if (draft.tcp.given) {
    probe.tcpPort = portNumber(draft.tcp.port, container, path + ".tcpSocket.port", report);
    probe.tcpHost = draft.tcp.host;
  }
  if (!readiness && probe.successThreshold != 1)
    report.add(path + ".successThreshold", "must be 1 for this probe", "remove it");
  return probe;
}

Probes convertProbes(const ContainerDraft& draft, const std::string& path, Report& report) {
  return {
      .startup = convertProbe(draft.startup, draft, path + ".startupProbe", false, report),
      .liveness = convertProbe(draft.liveness, draft, path + ".livenessProbe", false, report),
      .readiness = convertProbe(draft.readiness, draft, path + ".readinessProbe", true, report)};
}

// Volumes

Files convertFiles(const FilesDraft& draft, bool secret) {
  Files files;
  (secret ? files.secret : files.configMap) = draft.name;
  files.optional = draft.optional;
  for (const ItemDraft& item : draft.items) files.items.push_back({item.key, item.path, item.mode});
  return files;
}

void addProjected(const ProjectedDraft& draft, const std::string& path, Volume& volume,
                  Report& report) {
  for (size_t i = 0; i < draft.sources.size(); ++i) {
    const SourceDraft& source = draft.sources[i];
    exactlyOne((source.configMap.given ? 1 : 0) + (source.secret.given ? 1 : 0),
               at(path + ".projected.sources", i), "configMap and secret", report);
    if (source.configMap.given) volume.files.push_back(convertFiles(source.configMap, false));
    if (source.secret.given) volume.files.push_back(convertFiles(source.secret, true));
  }
}

Volume convertVolume(const VolumeDraft& draft, const std::string& path, Report& report) {
  Volume volume;
  volume.name = draft.name;
  const int kinds = (draft.emptyDir.given ? 1 : 0) + (draft.hostPath.given ? 1 : 0) +
                    (draft.claim.given ? 1 : 0) + (draft.configMap.given ? 1 : 0) +
                    (draft.secret.given ? 1 : 0) + (draft.projected.given ? 1 : 0);
  if (!report.hasBelow(path))
    exactlyOne(kinds, path,
               "emptyDir, hostPath, configMap, secret, projected and persistentVolumeClaim",
               report);
  volume.inMemory = draft.emptyDir.medium == "Memory";
  volume.sizeLimit = draft.emptyDir.sizeLimit;
  if (draft.hostPath.given) {
    volume.source = Volume::Source::HostPath;
    volume.path = draft.hostPath.path;
  } else if (draft.claim.given) {
    volume.source = Volume::Source::Claim;
    volume.claim = draft.claim.name;
    volume.readOnly = draft.claim.readOnly;
  } else if (!draft.emptyDir.given) {
    volume.source = Volume::Source::Files;
  }
  std::optional<int32_t> mode = draft.projected.defaultMode;
  if (draft.configMap.given) {
    volume.files.push_back(convertFiles(draft.configMap, false));
    mode = draft.configMap.defaultMode;
  }
  if (draft.secret.given) {
    volume.files.push_back(convertFiles(draft.secret, true));
    mode = draft.secret.defaultMode;
  }
  if (draft.projected.given) addProjected(draft.projected, path, volume, report);
  volume.defaultMode = mode.value_or(volume.defaultMode);
  return volume;
}

// Containers

/// What the pod says holds for containers that say nothing.
void inherit(const api::SecurityContext& pod, api::SecurityContext& container) {
  if (!container.runAsUser) container.runAsUser = pod.runAsUser;
  if (!container.runAsGroup) container.runAsGroup = pod.runAsGroup;
  if (!container.runAsNonRoot) container.runAsNonRoot = pod.runAsNonRoot;
}

Container convertContainer(ContainerDraft& draft, const std::string& path, const PodSpecDraft& pod,
                           Report& report) {
  Container container = draft;
  for (size_t i = 0; i < draft.env.size(); ++i)
    container.environment.push_back(convertVariable(draft.env[i], at(path + ".env", i), report));
  for (size_t i = 0; i < draft.envFrom.size(); ++i)
    container.environmentFrom.push_back(
        convertFrom(draft.envFrom[i], at(path + ".envFrom", i), report));
  container.probes = convertProbes(draft, path, report);
  container.postStart = draft.lifecycle.postStart.exec.command;
  container.preStop = draft.lifecycle.preStop.exec.command;
  inherit(pod.podSecurity, container.security);
  for (size_t i = 0; i < container.mounts.size(); ++i) {
    const std::string& name = container.mounts[i].volume;
    const bool there = std::any_of(pod.volumeDrafts.begin(), pod.volumeDrafts.end(),
                                   [&](const VolumeDraft& volume) { return volume.name == name; });
    if (!there && !name.empty())
      report.add(at(path + ".volumeMounts", i) + ".name", "the pod has no volume " + quoted(name),
                 "add it to `volumes`");
  }
  return container;
}

/// Names of containers and volumes are unique within a pod.
void checkUnique(const std::string& name, const std::string& path, const std::string& what,
                 std::set<std::string>& names, Report& report) {
  if (!name.empty() && !names.insert(name).second)
    report.add(path + ".name", "a second " + what + " " + quoted(name), "choose another name");
}

std::vector<Container> convertContainers(std::vector<ContainerDraft>& drafts,
                                         const std::string& path, const PodSpecDraft& pod,
                                         std::set<std::string>& names, Report& report) {
  std::vector<Container> containers;
  for (size_t i = 0; i < drafts.size(); ++i) {
    checkUnique(drafts[i].name, at(path, i), "container", names, report);
    containers.push_back(convertContainer(drafts[i], at(path, i), pod, report));
  }
  return containers;
}

void checkInit(const std::vector<Container>& containers, const std::string& path, Report& report) {
  for (size_t i = 0; i < containers.size(); ++i) {
    const bool sidecar = !containers[i].restartPolicy.empty();
    if (containers[i].probes.any() && !sidecar)
      report.add(at(path, i), "an init container has no probes",
                 "remove them, or make it a sidecar with restartPolicy: Always");
  }
}

void checkMain(const std::vector<Container>& containers, const std::string& path, Report& report) {
  if (containers.empty()) report.add(path, "must not be empty", "begin with `- name: ...`");
  for (size_t i = 0; i < containers.size(); ++i)
    if (!containers[i].restartPolicy.empty())
      report.add(at(path, i) + ".restartPolicy", "is for init containers only",
                 "set restartPolicy of the pod");
}

}  // namespace

PodSpec convertPod(PodSpecDraft& draft, const std::string& path, Report& report) {
  PodSpec pod = draft;
  pod.fsGroup = draft.podSecurity.fsGroup;
  pod.security = draft.podSecurity;
  std::set<std::string> volumes;
  for (size_t i = 0; i < draft.volumeDrafts.size(); ++i) {
    const std::string here = at(path + ".volumes", i);
    checkUnique(draft.volumeDrafts[i].name, here, "volume", volumes, report);
    pod.volumes.push_back(convertVolume(draft.volumeDrafts[i], here, report));
  }
  std::set<std::string> names;
  pod.initContainers =
      convertContainers(draft.initDrafts, path + ".initContainers", draft, names, report);
  pod.containers = convertContainers(draft.drafts, path + ".containers", draft, names, report);
  checkInit(pod.initContainers, path + ".initContainers", report);
  checkMain(pod.containers, path + ".containers", report);
  return pod;
}

}  // namespace mc::core
