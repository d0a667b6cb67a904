#include "operator/objects/pod_spec.hpp"

#include <boost/json.hpp>
#include <set>

#include "operator/objects/affinity.hpp"
#include "operator/objects/container.hpp"
#include "operator/objects/metadata.hpp"
#include "operator/objects/names.hpp"
#include "operator/objects/security.hpp"
#include "operator/objects/volumes.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

/// Seconds that entry needs itself after what it started has ended.
constexpr int64_t kEntryMargin = 5;

json::array tolerations(const std::vector<api::Toleration>& wanted) {
  json::array array;
  for (const auto& toleration : wanted) {
    json::object object;
    for (const auto& [key, value] : {std::pair("key", &toleration.key),
                                     {"operator", &toleration.op},
                                     {"value", &toleration.value},
                                     {"effect", &toleration.effect}})
      if (!value->empty()) object[key] = *value;
    array.push_back(std::move(object));
  }
  return array;
}

json::array pullSecrets(const plan::Pod& pod) {
  json::array array;
  std::set<std::string> seen;
  for (const auto& container : pod.containers)
    if (!container.imagePullSecret.empty() && seen.insert(container.imagePullSecret).second)
      array.push_back(json::object{{"name", container.imagePullSecret}});
  return array;
}

/// The tutorials call a sidecar by its short name, which is not the name of its Service.
json::array hostAliases(const ServiceAddresses& addresses) {
  json::array array;
  for (const auto& [name, address] : addresses)
    array.push_back(json::object{{"ip", address}, {"hostnames", json::array{name}}});
  return array;
}

json::array volumes(const plan::Pod& pod) {
  json::array array;
  for (const auto& volume : pod.volumes) array.push_back(podVolume(volume));
  return array;
}

void addUnlessEmpty(json::object& spec, const char* key, const std::string& text) {
  if (!text.empty()) spec[key] = text;
}
void addUnlessEmpty(json::object& spec, const char* key, json::array array) {
  if (!array.empty()) spec[key] = std::move(array);
}
void addUnlessEmpty(json::object& spec, const char* key, json::object object) {
  if (!object.empty()) spec[key] = std::move(object);
}

void addPlacement(const api::Pod& pod, json::object& spec) {
  addUnlessEmpty(spec, "nodeSelector", toJson(pod.nodeSelector));
  addUnlessEmpty(spec, "tolerations", tolerations(pod.tolerations));
  addUnlessEmpty(spec, "schedulerName", pod.schedulerName);
  addUnlessEmpty(spec, "runtimeClassName", pod.runtimeClassName);
  addUnlessEmpty(spec, "overhead", toJson(pod.resources));
}

/// Pods get the account's token only if somebody thought of the account.
void addAccount(const api::Pod& pod, json::object& spec) {
  addUnlessEmpty(spec, "serviceAccountName", pod.serviceAccountName);
  const bool named = !pod.serviceAccountName.empty();
  if (pod.automountServiceAccountToken || !named)
    spec["automountServiceAccountToken"] = pod.automountServiceAccountToken.value_or(false);
}

void addNamespaces(const plan::Pod& pod, json::object& spec) {
  if (pod.shareProcessNamespace) spec["shareProcessNamespace"] = true;
  if (pod.hostIpc) spec["hostIPC"] = true;
  if (pod.hostPid) spec["hostPID"] = true;
}

json::array initContainers(const Blueprint& blueprint) {
  json::array array{installObject(blueprint)};
  for (const auto& container : blueprint.pod.containers)
    if (container.kind == plan::ContainerKind::Sidecar) array.push_back(sidecarObject(container));
  return array;
}

json::object fluxContainer(const Blueprint& blueprint) {
  auto object = containerObject(blueprint.pod.containers.front());
  auto& mounts = object["volumeMounts"];
  if (!mounts.is_array()) mounts = json::array();
  for (auto& mount : ownMounts(blueprint)) mounts.as_array().push_back(std::move(mount));
  return object;
}

/// Kubernetes starts a container again in its pod only within backoffLimit; otherwise the Job
/// decides about the pod by its exit status, which takes restartPolicy Never.
const char* restartPolicy(const api::MiniCluster& cluster) {
  const bool again = cluster.backoffLimit.value_or(0) > 0;
  return again && cluster.pod.restartPolicy == "OnFailure" ? "OnFailure" : "Never";
}

}  // namespace

json::object podLabels(const Blueprint& blueprint, const plan::Pod& pod) {
  json::object labels = toJson(pod.labels);
  for (const auto& label : clusterLabels(blueprint)) labels[label.key()] = label.value();
  labels[kRoleLabel] = pod.role == plan::Role::Services ? kServicesRole : kFluxRole;
  labels[kSubdomainLabel] = pod.subdomain;
  return labels;
}

json::object commonPodSpec(const Blueprint& blueprint, const plan::Pod& pod,
                           const ServiceAddresses& addresses) {
  const api::Pod& wanted = blueprint.cluster.pod;
  json::object spec{{"subdomain", pod.subdomain}, {"enableServiceLinks", false}};
  addAccount(wanted, spec);
  addPlacement(wanted, spec);
  addNamespaces(pod, spec);
  addUnlessEmpty(spec, "dnsPolicy", wanted.dnsPolicy);
  addUnlessEmpty(spec, "imagePullSecrets", pullSecrets(pod));
  addUnlessEmpty(spec, "hostAliases", hostAliases(addresses));
  addUnlessEmpty(spec, "volumes", volumes(pod));
  return spec;
}

json::object podTemplate(const Blueprint& blueprint, const ServiceAddresses& addresses) {
  auto spec = commonPodSpec(blueprint, blueprint.pod, addresses);
  const SecretAccess access = secretAccess(blueprint);
  spec["restartPolicy"] = restartPolicy(blueprint.cluster);
  spec["terminationGracePeriodSeconds"] = blueprint.settings.graceSeconds + kEntryMargin;
  addUnlessEmpty(spec, "affinity", affinity(blueprint));
  addUnlessEmpty(spec, "securityContext",
                 podSecurity(blueprint, blueprint.hasSecret() ? access.group : std::nullopt));
  addUnlessEmpty(spec, "resourceClaims", blueprint.cluster.resourceClaims);
  spec["initContainers"] = initContainers(blueprint);
  spec["containers"] = json::array{fluxContainer(blueprint)};
  auto& volumes = spec["volumes"];
  if (!volumes.is_array()) volumes = json::array();
  for (auto& volume : ownVolumes(blueprint, access.mode))
    volumes.as_array().push_back(std::move(volume));
  json::object metadata{{"labels", podLabels(blueprint, blueprint.pod)}};
  addUnlessEmpty(metadata, "annotations", toJson(blueprint.pod.annotations));
  return {{"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

}  // namespace mc::controller
