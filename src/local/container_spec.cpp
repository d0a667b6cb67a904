#include "local/container_spec.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "local/expansion.hpp"
#include "local/health.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/pod_label.hpp"
#include "local/pod_volumes.hpp"
#include "local/resources.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

/// Entry ends its children within the grace period; it needs a moment more to end itself.
constexpr int64_t kEntryMargin = 5;

std::string entryPath() {
  return std::string(entry::kMountPath) + "/" + entry::kEntryFile;
}

json::object volumeMount(const std::string& volume, const std::string& path, bool readOnly,
                         bool copy) {
  return {{"Type", "volume"},
          {"Source", volume},
          {"Target", path},
          {"ReadOnly", readOnly},
          {"VolumeOptions", json::object{{"NoCopy", !copy}}}};
}

bool isBehind(const plan::Service& service, const plan::Pod& pod) {
  return std::find(service.pods.begin(), service.pods.end(), pod.name) != service.pods.end();
}

/// All forms of a Service's name.
std::vector<std::string> namesOf(const std::string& service, const std::string& ns) {
  const std::string shortest = service + "." + ns;
  return {service, shortest, shortest + ".svc", shortest + ".svc.cluster.local"};
}

/// Names by which the pod is reached in the namespace's network: its own, and those of the services
/// in front of it. Clusters of a namespace whose sidecars have the same name share that name; with
/// the cluster's name in front it is theirs alone.
json::array aliasesOf(const plan::Plan& plan, const plan::Pod& pod) {
  json::array aliases;
  const auto add = [&aliases](const std::vector<std::string>& names) {
    for (const std::string& name : names) aliases.emplace_back(name);
  };
  add(pod.dnsNames);
  // By these, Services find the pods that they select.
  for (const auto& [key, value] : pod.labels) aliases.emplace_back(labelAlias(key, value));
  for (const plan::Service& service : plan.services) {
    if (!isBehind(service, pod)) continue;
    add(namesOf(service.name, plan.ns));
    if (!service.headless) add(namesOf(plan.name + "-" + service.name, plan.ns));
  }
  return aliases;
}

/// In a pod that has a sidecar itself, the sidecar's name is that one's: not that of another
/// cluster, which the network's names might lead to.
json::array ownSidecars(const plan::Plan& plan, const plan::Pod& pod) {
  json::array hosts;
  for (const plan::Service& service : plan.services) {
    if (service.headless || !isBehind(service, pod)) continue;
    for (const std::string& name : namesOf(service.name, plan.ns))
      hosts.emplace_back(name + ":127.0.0.1");
  }
  return hosts;
}

/// Lines of /etc/hosts: the pod's own sidecars, and what a workload pod asks for.
json::array extraHosts(const plan::Plan& plan, const plan::Pod& pod) {
  json::array hosts = ownSidecars(plan, pod);
  for (const core::HostAlias& alias : pod.hostAliases) {
    for (const std::string& name : alias.names) hosts.emplace_back(name + ":" + alias.ip);
  }
  return hosts;
}

/// "flux-service.flux-operator.svc.cluster.local", behind the host name in /etc/hosts.
std::string domainOf(const plan::Plan& plan, const plan::Pod& pod) {
  if (pod.subdomain.empty()) return {};
  return pod.subdomain + "." + plan.ns + ".svc.cluster.local";
}

const plan::PodVolume* volumeNamed(const plan::Pod& pod, const std::string& name) {
  for (const plan::PodVolume& volume : pod.volumes) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

/// A bind in the short form makes a missing directory, as the kubelet does; but a colon ends its
/// path.
void addHostPath(const std::string& source, const plan::Mount& mount, json::array& mounts,
                 json::array& binds) {
  if (source.find(':') == std::string::npos) {
    binds.emplace_back(source + ":" + mount.path + (mount.readOnly ? ":ro" : ""));
  } else {
    mounts.push_back({{"Type", "bind"},
                      {"Source", source},
                      {"Target", mount.path},
                      {"ReadOnly", mount.readOnly}});
  }
}

/// The engine mounts volumes as a whole only: a path within one is bound from where it lies.
base::Status addVolume(const SpecContext& context, const std::string& volume,
                       const plan::Mount& mount, json::array& mounts, json::array& binds) {
  if (mount.subPath.empty()) {
    mounts.push_back(volumeMount(volume, mount.path, mount.readOnly, false));
    return {};
  }
  const auto place = context.mountpoints.find(volume);
  if (place == context.mountpoints.end()) return {};  // only checked so far
  addHostPath(place->second + "/" + mount.subPath, mount, mounts, binds);
  return {};
}

base::Status addMount(const SpecContext& context, const plan::Pod& pod, const plan::Mount& mount,
                      json::array& mounts, json::array& binds) {
  const plan::PodVolume* volume = volumeNamed(pod, mount.volume);
  if (volume == nullptr) return base::fail(EINVAL, "no volume '" + mount.volume + "' in the pod");
  const std::string& source = volume->source.source;
  const std::string name = podName(pod, context.record.uid);
  const bool files = volume->source.kind == api::VolumeKind::ConfigMap ||
                     volume->source.kind == api::VolumeKind::Secret;
  plan::Mount wanted = mount;
  wanted.readOnly = mount.readOnly || volume->source.readOnly || files;
  switch (volume->source.kind) {
    case api::VolumeKind::HostPath:
      addHostPath(mount.subPath.empty() ? source : source + "/" + mount.subPath, wanted, mounts,
                  binds);
      return {};
    case api::VolumeKind::EmptyDir:
    case api::VolumeKind::ConfigMap:
    case api::VolumeKind::Secret:
      return addVolume(context, podVolumeName(context.record.ref.ns, name, mount.volume), wanted,
                       mounts, binds);
    case api::VolumeKind::Claim:
      return addVolume(context, source, wanted, mounts, binds);
    case api::VolumeKind::Csi:
      break;
  }
  return base::fail(EINVAL, "volume '" + mount.volume +
                                "' comes from an object of a Kubernetes cluster ('" + source +
                                "'), which this machine is not: use a hostPath, an emptyDir, or a "
                                "claim, which is a Docker volume here");
}

base::Status addMounts(const SpecContext& context, const plan::Pod& pod,
                       const plan::Container& container, json::object& hostConfig) {
  json::array mounts;
  json::array binds;
  // Probes are programs of ours that run in the container.
  if (container.kind == plan::ContainerKind::Flux || container.probes.any()) {
    mounts.push_back(volumeMount(recordVolume(context.record.ref), entry::kMountPath, true, false));
  }
  for (const plan::Mount& mount : container.mounts) {
    MC_TRY(addMount(context, pod, mount, mounts, binds));
  }
  hostConfig["Mounts"] = std::move(mounts);
  hostConfig["Binds"] = std::move(binds);
  return {};
}

/// How often a follower that fails is started again: the backoffLimit of Kubernetes' Jobs.
constexpr int32_t kFollowerRetries = 6;

/// An init container is started again until it succeeds, unless the pod never starts any again.
json::object workloadPolicy(const plan::Pod& pod, const plan::Container& container) {
  if (container.goesOn) return {{"Name", "unless-stopped"}};
  if (pod.restartPolicy == "Never") return {{"Name", "no"}};
  const bool once = container.kind == plan::ContainerKind::Init || pod.restartPolicy == "OnFailure";
  return {{"Name", once ? "on-failure" : "unless-stopped"}};
}

/// A sidecar or service is started again whatever its exit status, as by the kubelet. A follower
/// that fails comes back and joins its lead again; the job, which is the lead's, is run again only
/// as often as the manifest says.
json::object restartPolicy(const plan::Plan& plan, const plan::Pod& pod,
                           const plan::Container& container) {
  if (pod.role == plan::Role::Workload) return workloadPolicy(pod, container);
  if (container.kind != plan::ContainerKind::Flux) return {{"Name", "unless-stopped"}};
  const int32_t least = pod.role == plan::Role::Lead ? 0 : kFollowerRetries;
  const int32_t retries = std::max(plan.backoffLimit, least);
  if (retries == 0) return {{"Name", "no"}};
  return {{"Name", "on-failure"}, {"MaximumRetryCount", retries}};
}

/// Docker takes a capability with or without "CAP_".
json::array capabilities(const std::vector<std::string>& names) {
  return json::value_from(names).as_array();
}

/// All that privileged gives, but for CAP_SYS_RESOURCE.
void addNearlyPrivileged(json::object& hostConfig) {
  hostConfig["CapAdd"] = json::array{"ALL"};
  hostConfig["CapDrop"] = json::array{"SYS_RESOURCE"};
  hostConfig["SecurityOpt"] =
      json::array{"seccomp=unconfined", "apparmor=unconfined", "label=disable"};
  hostConfig["MaskedPaths"] = json::array{};
  hostConfig["ReadonlyPaths"] = json::array{};
  hostConfig["DeviceCgroupRules"] = json::array{"a *:* rwm"};
}

void addSecurity(const SpecContext& context, const api::SecurityContext& security,
                 json::object& hostConfig) {
  hostConfig["ReadonlyRootfs"] = security.readOnlyRootFilesystem.value_or(false);
  if (security.privileged) {
    if (context.privileged == PrivilegedMode::Full) {
      hostConfig["Privileged"] = true;
    } else {
      addNearlyPrivileged(hostConfig);
    }
    return;
  }
  hostConfig["CapAdd"] = capabilities(security.addCapabilities);
  hostConfig["CapDrop"] = capabilities(security.dropCapabilities);
  if (!security.allowPrivilegeEscalation.value_or(true)) {
    hostConfig["SecurityOpt"] = json::array{"no-new-privileges"};
  }
}

void addNamespaces(const SpecContext& context, const plan::Pod& pod, const std::string& pauseId,
                   json::object& hostConfig) {
  const std::string join = "container:" + pauseId;
  hostConfig["NetworkMode"] = join;
  // With Docker who shares the network shares the host name, and may not ask for it.
  if (context.podman) hostConfig["UTSMode"] = join;
  hostConfig["IpcMode"] = pod.hostIpc ? "host" : join;
  if (pod.hostPid) {
    hostConfig["PidMode"] = "host";
  } else if (pod.shareProcessNamespace) {
    hostConfig["PidMode"] = join;
  }
}

json::array environmentOf(const plan::Pod& pod, const plan::Container& container) {
  json::array environment;
  const auto add = [&environment](const std::string& name, const std::string& value) {
    environment.emplace_back(name + "=" + value);
  };
  if (pod.role == plan::Role::Workload) {
    for (const auto& [name, value] : container.environment) add(name, value);
    return environment;
  }
  for (const auto& [name, value] : expandEnvironment(container.environment)) add(name, value);
  for (const core::Variable& variable : container.variables) add(variable.name, variable.value);
  return environment;
}

Labels containerLabels(const Record& record, const plan::Pod& pod,
                       const plan::Container& container) {
  Labels labels = memberLabels(record, label::kPartContainer);
  labels[label::kPod] = podName(pod, record.uid);
  labels[label::kContainer] = container.name;
  if (pod.role == plan::Role::Lead && container.kind == plan::ContainerKind::Flux) {
    labels[label::kRole] = label::kLead;
  }
  return labels;
}

int64_t stopTimeout(const Record& record, const plan::Container& container) {
  return record.graceSeconds + (container.kind == plan::ContainerKind::Flux ? kEntryMargin : 0);
}

}  // namespace

json::object pauseSpec(const SpecContext& context, const plan::Pod& pod) {
  Labels labels = memberLabels(context.record, label::kPartPause);
  labels[label::kPod] = podName(pod, context.record.uid);
  labels[label::kPodSpec] = podLabel(pod);
  json::object hostConfig{{"NetworkMode", context.network},
                          {"ExtraHosts", extraHosts(context.plan, pod)},
                          {"IpcMode", pod.hostIpc ? "host" : "shareable"},
                          {"ReadonlyRootfs", true},
                          {"CapDrop", json::array{"ALL"}},
                          {"SecurityOpt", json::array{"no-new-privileges"}}};
  if (pod.hostPid) hostConfig["PidMode"] = "host";
  json::array mounts = fillMounts(context.record.ref.ns, podName(pod, context.record.uid), pod);
  // What is written into such a volume goes by the container's root, which must be writable then.
  if (needsFilling(pod)) hostConfig["ReadonlyRootfs"] = false;
  const bool probed = std::any_of(pod.containers.begin(), pod.containers.end(),
                                  [](const plan::Container& c) { return c.probes.any(); });
  if (pod.role == plan::Role::Lead || probed) {
    // Docker fills the empty volume with what the image has there: entry and flux.
    mounts.push_back(volumeMount(recordVolume(context.record.ref), entry::kMountPath, false, true));
  }
  if (!mounts.empty()) hostConfig["Mounts"] = std::move(mounts);
  return {
      {"Image", context.toolsImage},
      {"Entrypoint", json::array{entryPath()}},
      {"Cmd", json::array{"pause"}},
      {"Hostname", pod.hostname},
      {"Domainname", domainOf(context.plan, pod)},
      {"Labels", json::value_from(labels)},
      {"HostConfig", std::move(hostConfig)},
      {"NetworkingConfig",
       json::object{{"EndpointsConfig",
                     json::object{{context.network,
                                   json::object{{"Aliases", aliasesOf(context.plan, pod)}}}}}}}};
}

std::string userOf(const plan::Container& container, const std::string& imageUser) {
  const api::SecurityContext& security = container.security;
  if (!security.runAsUser && !security.runAsGroup) return {};
  std::string user = security.runAsUser ? std::to_string(*security.runAsUser)
                                        : imageUser.substr(0, imageUser.find(':'));
  if (user.empty()) user = "0";
  if (security.runAsGroup) user += ":" + std::to_string(*security.runAsGroup);
  return user;
}

base::Result<json::object> containerSpec(const SpecContext& context, const plan::Pod& pod,
                                         const plan::Container& container,
                                         const std::string& pauseId, const std::string& imageUser) {
  json::object hostConfig{{"RestartPolicy", restartPolicy(context.plan, pod, container)}};
  addNamespaces(context, pod, pauseId, hostConfig);
  addSecurity(context, container.security, hostConfig);
  MC_TRY(addMounts(context, pod, container, hostConfig));
  if (pod.fsGroup) hostConfig["GroupAdd"] = json::array{std::to_string(*pod.fsGroup)};
  MC_TRY(addResources(container.resources, context.machineCpus, hostConfig));
  json::object spec{{"Image", container.image},
                    {"Env", environmentOf(pod, container)},
                    {"WorkingDir", container.workingDir},
                    {"User", userOf(container, imageUser)},
                    {"Labels", json::value_from(containerLabels(context.record, pod, container))},
                    {"StopTimeout", stopTimeout(context.record, container)},
                    {"Healthcheck", healthCheck(container)},
                    {"HostConfig", std::move(hostConfig)}};
  if (!container.command.empty()) spec["Entrypoint"] = json::value_from(container.command);
  if (!container.args.empty()) spec["Cmd"] = json::value_from(container.args);
  return spec;
}

}  // namespace mc::local
