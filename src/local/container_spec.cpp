#include "local/container_spec.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "local/expansion.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/pod_label.hpp"
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

base::Status addMount(const SpecContext& context, const plan::Pod& pod, const plan::Mount& mount,
                      json::array& mounts, json::array& binds) {
  const plan::PodVolume* volume = volumeNamed(pod, mount.volume);
  if (volume == nullptr) return base::fail(EINVAL, "no volume '" + mount.volume + "' in the pod");
  const std::string& source = volume->source.source;
  const std::string name = podName(pod, context.record.uid);
  switch (volume->source.kind) {
    case api::VolumeKind::HostPath:
      addHostPath(source, mount, mounts, binds);
      return {};
    case api::VolumeKind::EmptyDir:
      mounts.push_back(volumeMount(podVolumeName(context.record.ref.ns, name, mount.volume),
                                   mount.path, mount.readOnly, false));
      return {};
    case api::VolumeKind::Claim:
      mounts.push_back(volumeMount(source, mount.path, mount.readOnly, false));
      return {};
    case api::VolumeKind::ConfigMap:
    case api::VolumeKind::Secret:
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
  if (container.kind == plan::ContainerKind::Flux) {
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

/// A sidecar or service is started again whatever its exit status, as by the kubelet. A follower
/// that fails comes back and joins its lead again; the job, which is the lead's, is run again only
/// as often as the manifest says.
json::object restartPolicy(const plan::Plan& plan, const plan::Pod& pod,
                           const plan::Container& container) {
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

json::array environmentOf(const plan::Container& container) {
  json::array environment;
  for (const auto& [name, value] : expandEnvironment(container.environment)) {
    environment.emplace_back(name + "=" + value);
  }
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
                          {"ExtraHosts", ownSidecars(context.plan, pod)},
                          {"IpcMode", pod.hostIpc ? "host" : "shareable"},
                          {"ReadonlyRootfs", true},
                          {"CapDrop", json::array{"ALL"}},
                          {"SecurityOpt", json::array{"no-new-privileges"}}};
  if (pod.hostPid) hostConfig["PidMode"] = "host";
  if (pod.role == plan::Role::Lead) {
    // Docker fills the empty volume with what the image has there: entry and flux.
    hostConfig["Mounts"] =
        json::array{volumeMount(recordVolume(context.record.ref), entry::kMountPath, false, true)};
  }
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
  MC_TRY(addResources(container.resources, context.machineCpus, hostConfig));
  json::object spec{{"Image", container.image},
                    {"Env", environmentOf(container)},
                    {"WorkingDir", container.workingDir},
                    {"User", userOf(container, imageUser)},
                    {"Labels", json::value_from(containerLabels(context.record, pod, container))},
                    {"StopTimeout", stopTimeout(context.record, container)},
                    // The kubelet knows nothing of an image's own health check either.
                    {"Healthcheck", json::object{{"Test", json::array{"NONE"}}}},
                    {"HostConfig", std::move(hostConfig)}};
  if (!container.command.empty()) spec["Entrypoint"] = json::value_from(container.command);
  return spec;
}

}  // namespace mc::local
