#include "plan/workload.hpp"

#include <boost/json/serialize.hpp>
#include <string_view>

namespace mc::plan {
namespace {

/// What Kubernetes makes suffixes of: no vowels, and nothing that looks like something else.
constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
constexpr const char* kTemplateHashLabel = "pod-template-hash";
constexpr size_t kHashSize = 10;
constexpr size_t kSuffixSize = 5;

/// FNV-1a, 64 bits: the same on every machine.
uint64_t hashOf(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return hash;
}

std::string lettersOf(uint64_t number, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    text += kAlphabet[number % kAlphabet.size()];
    number /= kAlphabet.size();
  }
  return text;
}

std::string templateHash(const core::Object& deployment) {
  const boost::json::value* spec = deployment.manifest.if_contains("spec");
  const boost::json::value* pods =
      spec != nullptr && spec->is_object() ? spec->get_object().if_contains("template") : nullptr;
  return lettersOf(hashOf(pods == nullptr ? "" : boost::json::serialize(*pods)), kHashSize);
}

api::PullPolicy pullPolicy(const core::Container& container) {
  if (container.pullPolicy == "Always") return api::PullPolicy::Always;
  if (container.pullPolicy == "Never") return api::PullPolicy::Never;
  // Other than Kubernetes, which pulls :latest each time: what is on this machine is taken.
  return api::PullPolicy::IfNotPresent;
}

Container convert(const core::Container& from, ContainerKind kind) {
  Container c;
  c.name = from.name;
  c.kind = kind;
  c.image = from.image;
  c.pullPolicy = pullPolicy(from);
  c.command = from.command;
  c.args = from.args;
  c.workingDir = from.workingDir;
  c.variables = from.environment;
  c.variablesFrom = from.environmentFrom;
  c.portList = from.ports;
  for (const core::Port& port : from.ports) c.ports.push_back(port.number);
  for (const core::Mount& mount : from.mounts)
    c.mounts.push_back({mount.volume, mount.path, mount.readOnly, mount.subPath});
  c.resources = from.resources;
  c.security = from.security;
  c.probes = from.probes;
  c.postStart = from.postStart;
  c.preStop = from.preStop;
  c.goesOn = from.restartPolicy == "Always";
  return c;
}

PodVolume convert(const core::Volume& from) {
  PodVolume volume;
  volume.name = volume.source.name = from.name;
  volume.source.inMemory = from.inMemory;
  volume.source.sizeLimit = from.sizeLimit;
  volume.source.readOnly = from.readOnly;
  switch (from.source) {
    case core::Volume::Source::EmptyDir:
      volume.source.kind = api::VolumeKind::EmptyDir;
      break;
    case core::Volume::Source::HostPath:
      volume.source.kind = api::VolumeKind::HostPath;
      volume.source.source = from.path;
      break;
    case core::Volume::Source::Claim:
      volume.source.kind = api::VolumeKind::Claim;
      volume.source.source = from.claim;
      break;
    case core::Volume::Source::Files: {
      const bool secret = !from.files.empty() && !from.files.front().secret.empty();
      volume.source.kind = secret ? api::VolumeKind::Secret : api::VolumeKind::ConfigMap;
      if (!from.files.empty())
        volume.source.source = secret ? from.files.front().secret : from.files.front().configMap;
      volume.files = from.files;
      volume.fileMode = from.defaultMode;
      break;
    }
  }
  return volume;
}

std::vector<std::string> dnsNames(const std::string& ns, const core::PodSpec& spec) {
  std::vector<std::string> names;
  if (spec.hostname.empty() || spec.subdomain.empty()) return names;
  names.push_back(spec.hostname + "." + spec.subdomain);
  for (const std::string& part : {ns, std::string("svc"), std::string("cluster.local")})
    names.push_back(names.back() + "." + part);
  return names;
}

Pod makePod(const std::string& ns, const std::string& name, const core::PodTemplate& from) {
  constexpr size_t kLongestHostname = 63;
  const core::PodSpec& spec = from.spec;
  Pod pod;
  pod.name = name;
  pod.role = Role::Workload;
  pod.hostname = spec.hostname.empty() ? name.substr(0, kLongestHostname) : spec.hostname;
  pod.subdomain = spec.subdomain;
  pod.dnsNames = dnsNames(ns, spec);
  pod.labels = from.labels;
  pod.annotations = from.annotations;
  for (const auto& container : spec.containers)
    pod.containers.push_back(convert(container, ContainerKind::Main));
  for (const auto& container : spec.initContainers)
    pod.containers.push_back(convert(container, ContainerKind::Init));
  for (const auto& volume : spec.volumes) pod.volumes.push_back(convert(volume));
  pod.shareProcessNamespace = spec.shareProcessNamespace;
  pod.hostIpc = spec.hostIpc;
  pod.hostPid = spec.hostPid;
  pod.hostAliases = spec.hostAliases;
  pod.restartPolicy = spec.restartPolicy;
  pod.fsGroup = spec.fsGroup;
  return pod;
}

}  // namespace

std::string ownerName(core::Kind kind, const std::string& name) {
  return std::string(core::infoOf(kind).singular) + "/" + name;
}

std::string replicaSetName(const core::Object& deployment) {
  return deployment.metadata.name + "-" + templateHash(deployment);
}

Plan planWorkload(const core::Object& object) {
  Plan plan;
  plan.name = ownerName(object.kind, object.metadata.name);
  plan.ns = object.metadata.ns;
  plan.makeCurveCert = false;
  if (object.kind == core::Kind::Pod) {
    plan.settings.graceSeconds = object.pod.spec.graceSeconds;
    plan.pods.push_back(makePod(plan.ns, object.metadata.name, object.pod));
    return plan;
  }
  const core::Deployment& deployment = object.deployment;
  const std::string set = replicaSetName(object);
  core::PodTemplate pods = deployment.pods;
  pods.labels[kTemplateHashLabel] = templateHash(object);
  plan.settings.graceSeconds = pods.spec.graceSeconds;
  for (int32_t i = 0; i < deployment.replicas; ++i) {
    const uint64_t hash = hashOf(set + "/" + std::to_string(i));
    plan.pods.push_back(makePod(plan.ns, set + "-" + lettersOf(hash, kSuffixSize), pods));
    plan.pods.back().index = i;
  }
  return plan;
}

}  // namespace mc::plan
