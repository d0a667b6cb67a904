#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

void defaultProbe(json::object& container, const char* name) {
  auto* probe = container.if_contains(name);
  if (!probe || !probe->is_object()) return;
  auto& object = probe->get_object();
  setDefault(object, "timeoutSeconds", 1);
  setDefault(object, "periodSeconds", 10);
  setDefault(object, "successThreshold", 1);
  setDefault(object, "failureThreshold", 3);
}

/// ":latest" and untagged images are pulled always, others if they are missing.
const char* pullPolicy(const std::string& image) {
  const auto colon = image.rfind(':');
  const auto slash = image.rfind('/');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  const bool latest = !tagged || image.substr(colon) == ":latest";
  return latest && image.find('@') == std::string::npos ? "Always" : "IfNotPresent";
}

void defaultContainer(json::object& container) {
  setDefault(container, "imagePullPolicy", pullPolicy(textAt(container, {"image"})));
  setDefault(container, "resources", json::object{});
  setDefault(container, "terminationMessagePath", "/dev/termination-log");
  setDefault(container, "terminationMessagePolicy", "File");
  for (const auto* probe : {"startupProbe", "livenessProbe", "readinessProbe"})
    defaultProbe(container, probe);
  if (auto* ports = container.if_contains("ports"); ports && ports->is_array())
    for (auto& port : ports->get_array())
      if (port.is_object()) setDefault(port.get_object(), "protocol", "TCP");
}

void defaultContainers(json::object& spec, const char* list) {
  auto* containers = spec.if_contains(list);
  if (!containers || !containers->is_array()) return;
  for (auto& container : containers->get_array())
    if (container.is_object()) defaultContainer(container.get_object());
}

/// Files of ConfigMaps, Secrets and the like are readable by all unless the manifest says else.
void defaultVolumes(json::object& spec) {
  auto* volumes = spec.if_contains("volumes");
  if (!volumes || !volumes->is_array()) return;
  for (auto& volume : volumes->get_array()) {
    if (!volume.is_object()) continue;
    for (const auto* source : {"configMap", "secret", "projected", "downwardAPI"})
      if (auto* found = volume.get_object().if_contains(source); found && found->is_object())
        setDefault(found->get_object(), "defaultMode", 0644);
  }
}

void startPod(json::object& pod, const HookContext&) {
  pod["status"] = json::object{{"phase", "Pending"}, {"qosClass", "BestEffort"}};
}

void fillPod(json::object& pod, const HookContext&) {
  auto& spec = child(pod, "spec");
  defaultPodSpec(spec);
  setDefault(spec, "enableServiceLinks", true);
  setDefault(spec, "serviceAccountName", "default");
}

std::vector<ApiCause> checkContainers(const json::object& spec) {
  std::vector<ApiCause> causes;
  const auto& containers = arrayAt(spec, {"containers"});
  if (containers.empty()) causes.push_back(requiredValue("spec.containers"));
  for (size_t i = 0; i < containers.size(); ++i) {
    if (!containers[i].is_object()) continue;
    const auto path = "spec.containers[" + std::to_string(i) + "].";
    for (const auto* field : {"name", "image"})
      if (textAt(containers[i].get_object(), {field}).empty())
        causes.push_back(requiredValue(path + field));
  }
  return causes;
}

/// A pod's spec changes only in its images, its tolerations and by its binding to a node.
json::object fixedPart(const json::object& pod) {
  json::object spec = objectAt(pod, {"spec"});
  for (const auto* field : {"activeDeadlineSeconds", "tolerations", "schedulingGates", "nodeName",
                            "terminationGracePeriodSeconds"})
    spec.erase(field);
  for (const auto* list : {"containers", "initContainers"})
    if (auto* containers = spec.if_contains(list); containers && containers->is_array())
      for (auto& container : containers->get_array())
        if (container.is_object()) container.get_object().erase("image");
  return spec;
}

std::vector<ApiCause> checkPod(const json::object& now, const json::object* before) {
  auto causes = checkContainers(objectAt(now, {"spec"}));
  if (before && fixedPart(now) != fixedPart(*before))
    causes.push_back(forbiddenValue(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,"
        "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
        "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
        "set to 1 if it was previously negative)"));
  return causes;
}

}  // namespace

void defaultPodSpec(json::object& spec) {
  setDefault(spec, "restartPolicy", "Always");
  setDefault(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "schedulerName", "default-scheduler");
  setDefault(spec, "securityContext", json::object{});
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  for (const auto* list : {"containers", "initContainers"}) defaultContainers(spec, list);
  defaultVolumes(spec);
}

ResourceType podType() {
  ResourceType type;
  type.plural = "pods";
  type.singular = "pod";
  type.kind = "Pod";
  type.versions = {{"", "v1"}};
  type.shortNames = {"po"};
  type.status = true;
  type.generation = true;
  type.gracefulDeletion = true;
  type.answersDeleted = true;
  type.prepareCreate = startPod;
  type.defaults = fillPod;
  type.validate = checkPod;
  type.selectableFields = {
      "spec.nodeName",    "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
      "spec.hostNetwork", "status.phase",       "status.podIP",       "status.nominatedNodeName"};
  return type;
}

}  // namespace mc::fakes
