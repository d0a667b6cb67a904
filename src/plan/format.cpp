#include <array>
#include <boost/json.hpp>

#include "base/json_write.hpp"
#include "plan/plan.hpp"

namespace mc::plan {
namespace {

namespace json = boost::json;

/// Shown instead of a secret, and instead of its length.
constexpr const char* kHidden = "***";

constexpr std::array<const char*, 4> kRoles = {"lead", "follower", "services", "workload"};
constexpr std::array<const char*, 5> kContainerKinds = {"flux", "sidecar", "service", "main",
                                                        "init"};
constexpr std::array<const char*, 3> kPullPolicies = {"IfNotPresent", "Always", "Never"};
constexpr std::array<const char*, 6> kVolumeKinds = {"hostPath",  "emptyDir", "claim",
                                                     "configMap", "secret",   "csi"};

template <class Enum, size_t N>
const char* name(const std::array<const char*, N>& names, Enum value) {
  return names.at(static_cast<size_t>(value));
}

json::value toJson(const std::string& text) {
  return json::value(text);
}
json::value toJson(int32_t number) {
  return json::value(number);
}

json::value toJson(const api::StringMap& map) {
  json::object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

/// Order matters in an environment, so it is a list.
json::value toJson(const std::pair<std::string, std::string>& variable) {
  return {{"name", variable.first}, {"value", variable.second}};
}

json::value toJson(const api::SecretKey& key) {
  return {{"name", key.variable}, {"secret", key.secret}, {"key", key.key}};
}

json::value toJson(const Mount& mount) {
  return {{"volume", mount.volume}, {"path", mount.path}, {"readOnly", mount.readOnly}};
}

json::value toJson(const Container& container);
json::value toJson(const PodVolume& volume);
json::value toJson(const Pod& pod);
json::value toJson(const Service& service);

template <class T>
json::value toJson(const std::vector<T>& values) {
  json::array array;
  for (const auto& value : values) array.push_back(toJson(value));
  return array;
}

json::value toJson(const api::Resources& resources) {
  return {{"limits", toJson(resources.limits)}, {"requests", toJson(resources.requests)}};
}

/// Only what is set: most containers say nothing.
json::value toJson(const api::SecurityContext& security) {
  json::object object;
  const auto add = [&object](const char* key, const auto& optional) {
    if (optional) object[key] = *optional;
  };
  if (security.privileged) object["privileged"] = true;
  add("runAsUser", security.runAsUser);
  add("runAsGroup", security.runAsGroup);
  add("runAsNonRoot", security.runAsNonRoot);
  add("readOnlyRootFilesystem", security.readOnlyRootFilesystem);
  add("allowPrivilegeEscalation", security.allowPrivilegeEscalation);
  if (!security.addCapabilities.empty())
    object["addCapabilities"] = toJson(security.addCapabilities);
  if (!security.dropCapabilities.empty())
    object["dropCapabilities"] = toJson(security.dropCapabilities);
  return object;
}

json::value toJson(const Container& c) {
  json::object object;
  object["name"] = c.name;
  object["kind"] = name(kContainerKinds, c.kind);
  object["image"] = c.image;
  object["pullPolicy"] = name(kPullPolicies, c.pullPolicy);
  object["imagePullSecret"] = c.imagePullSecret;
  object["command"] = toJson(c.command);
  object["workingDir"] = c.workingDir;
  object["environment"] = toJson(c.environment);
  object["secretEnvironment"] = toJson(c.secretEnvironment);
  object["ports"] = toJson(c.ports);
  object["mounts"] = toJson(c.mounts);
  object["resources"] = toJson(c.resources);
  object["security"] = toJson(c.security);
  object["postStartExec"] = c.postStartExec;
  object["preStopExec"] = c.preStopExec;
  return object;
}

json::value toJson(const PodVolume& volume) {
  json::object object;
  object["name"] = volume.name;
  object["kind"] = name(kVolumeKinds, volume.source.kind);
  if (!volume.source.source.empty()) object["source"] = volume.source.source;
  if (!volume.source.items.empty()) object["items"] = toJson(volume.source.items);
  if (volume.source.inMemory) object["inMemory"] = true;
  if (!volume.source.sizeLimit.empty()) object["sizeLimit"] = volume.source.sizeLimit;
  if (!volume.source.attributes.empty()) object["attributes"] = toJson(volume.source.attributes);
  return object;
}

json::value toJson(const Pod& pod) {
  json::object object;
  object["name"] = pod.name;
  object["role"] = name(kRoles, pod.role);
  object["index"] = pod.index;
  object["hostname"] = pod.hostname;
  object["subdomain"] = pod.subdomain;
  object["dnsNames"] = toJson(pod.dnsNames);
  object["labels"] = toJson(pod.labels);
  object["annotations"] = toJson(pod.annotations);
  object["containers"] = toJson(pod.containers);
  object["volumes"] = toJson(pod.volumes);
  object["shareProcessNamespace"] = pod.shareProcessNamespace;
  object["hostIpc"] = pod.hostIpc;
  object["hostPid"] = pod.hostPid;
  return object;
}

json::value toJson(const Service& service) {
  return {{"name", service.name},
          {"headless", service.headless},
          {"ports", toJson(service.ports)},
          {"pods", toJson(service.pods)}};
}

json::value hidden(const std::map<std::string, std::string>& files) {
  json::object object;
  for (const auto& [path, content] : files) object[path] = kHidden;
  return object;
}

json::value settingsJson(const entry::Settings& settings) {
  boost::system::error_code ignored;  // format() writes JSON
  return json::parse(entry::format(settings), ignored);
}

}  // namespace

std::string format(const Plan& plan) {
  json::object object;
  object["name"] = plan.name;
  object["namespace"] = plan.ns;
  object["pods"] = toJson(plan.pods);
  object["services"] = toJson(plan.services);
  object["settings"] = settingsJson(plan.settings);
  object["makeCurveCert"] = plan.makeCurveCert;
  object["secretFiles"] = hidden(plan.secretFiles);
  object["cleanup"] = plan.cleanup;
  object["backoffLimit"] = plan.backoffLimit;
  return base::toIndentedJson(object, 2);
}

}  // namespace mc::plan
