#include "operator/objects/container.hpp"

#include <boost/json.hpp>

#include "operator/objects/metadata.hpp"
#include "operator/objects/security.hpp"
#include "operator/objects/volumes.hpp"

namespace mc::controller {

namespace json = boost::json;

namespace {

/// A service may take as long as it wants to come up: tries of one second each, a day in all.
constexpr int64_t kStartupTries = 86400;

const char* pullPolicyName(api::PullPolicy policy) {
  switch (policy) {
    case api::PullPolicy::Always:
      return "Always";
    case api::PullPolicy::Never:
      return "Never";
    case api::PullPolicy::IfNotPresent:
      break;
  }
  return "IfNotPresent";
}

/// Variables in the manifest's order: one may refer to those before it.
json::array environment(const plan::Container& container) {
  json::array array;
  for (const auto& [name, value] : container.environment)
    array.push_back(json::object{{"name", name}, {"value", value}});
  for (const auto& secret : container.secretEnvironment) {
    json::object key{{"name", secret.secret}, {"key", secret.key}};
    array.push_back(json::object{{"name", secret.variable},
                                 {"valueFrom", json::object{{"secretKeyRef", std::move(key)}}}});
  }
  return array;
}

json::array ports(const plan::Container& container) {
  json::array array;
  for (const int32_t port : container.ports)
    array.push_back(json::object{{"containerPort", port}, {"protocol", "TCP"}});
  return array;
}

json::array mounts(const plan::Container& container) {
  json::array array;
  for (const auto& mount : container.mounts) {
    json::object object{{"name", mount.volume}, {"mountPath", mount.path}};
    if (mount.readOnly) object["readOnly"] = true;
    array.push_back(std::move(object));
  }
  return array;
}

json::object resources(const api::Resources& resources) {
  json::object object;
  if (!resources.limits.empty()) object["limits"] = toJson(resources.limits);
  if (!resources.requests.empty()) object["requests"] = toJson(resources.requests);
  if (!resources.claims.empty()) object["claims"] = resources.claims;
  return object;
}

/// The hook's text is for a shell, as with the local engine.
json::object shellHook(const std::string& text) {
  return {{"exec", json::object{{"command", json::array{"/bin/sh", "-c", text}}}}};
}

json::object lifecycle(const plan::Container& container) {
  json::object object;
  if (!container.postStartExec.empty()) object["postStart"] = shellHook(container.postStartExec);
  if (!container.preStopExec.empty()) object["preStop"] = shellHook(container.preStopExec);
  return object;
}

template <class Part>
void addUnlessEmpty(json::object& object, const char* key, Part part) {
  if (!part.empty()) object[key] = std::move(part);
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '$' && (next == '(' || next == '$')) result += '$';
    result += text[i];
  }
  return result;
}

json::object containerObject(const plan::Container& container) {
  json::object object{{"name", container.name},
                      {"image", container.image},
                      {"imagePullPolicy", pullPolicyName(container.pullPolicy)}};
  json::array command;
  for (const auto& word : container.command) command.emplace_back(escaped(word));
  addUnlessEmpty(object, "command", std::move(command));
  if (!container.workingDir.empty()) object["workingDir"] = container.workingDir;
  addUnlessEmpty(object, "env", environment(container));
  addUnlessEmpty(object, "ports", ports(container));
  addUnlessEmpty(object, "volumeMounts", mounts(container));
  addUnlessEmpty(object, "resources", resources(container.resources));
  addUnlessEmpty(object, "lifecycle", lifecycle(container));
  addUnlessEmpty(object, "securityContext", containerSecurity(container.security));
  return object;
}

json::object serviceObject(const plan::Container& container) {
  auto object = containerObject(container);
  // So that the status of the MiniCluster can say what it died of.
  object["terminationMessagePolicy"] = "FallbackToLogsOnError";
  if (!container.ports.empty())
    object["startupProbe"] =
        json::object{{"tcpSocket", json::object{{"port", container.ports.front()}}},
                     {"periodSeconds", 1},
                     {"failureThreshold", kStartupTries}};
  return object;
}

json::object sidecarObject(const plan::Container& container) {
  auto object = serviceObject(container);
  object["restartPolicy"] = "Always";
  return object;
}

json::object installObject(const Blueprint& blueprint) {
  const std::string directory = programsDirectory();
  return {{"name", kInstallContainer},
          {"image", blueprint.options.image},
          {"imagePullPolicy", pullPolicyName(blueprint.options.pullPolicy)},
          {"command", json::array{"/minicluster-entry", "install", directory}},
          {"volumeMounts",
           json::array{json::object{{"name", kProgramsVolume}, {"mountPath", directory}}}},
          {"securityContext", installSecurity()}};
}

}  // namespace mc::controller
