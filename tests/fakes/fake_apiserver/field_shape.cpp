#include "fakes/fake_apiserver/field_shape.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <memory>
#include <set>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

using Keys = std::vector<std::string>;

/// Lists that are maps, by the last field of their path; `parent` (if any) must come before it.
struct ListRule {
  std::string_view kind;  ///< empty: any
  std::string_view parent;
  std::string_view field;
  std::vector<std::string_view> keys;
};

const std::array<ListRule, 24>& listRules() {
  static const std::array<ListRule, 24> kRules{{
      {"Service", "spec", "ports", {"port", "protocol"}},
      {"", "", "containers", {"name"}},
      {"", "", "initContainers", {"name"}},
      {"", "", "ephemeralContainers", {"name"}},
      {"", "containers", "ports", {"containerPort", "protocol"}},
      {"", "initContainers", "ports", {"containerPort", "protocol"}},
      {"", "", "env", {"name"}},
      {"", "", "volumeMounts", {"mountPath"}},
      {"", "", "volumeDevices", {"devicePath"}},
      {"", "spec", "volumes", {"name"}},
      {"", "spec", "imagePullSecrets", {"name"}},
      {"ServiceAccount", "", "imagePullSecrets", {}},
      {"ServiceAccount", "", "secrets", {"name"}},
      {"", "spec", "hostAliases", {"ip"}},
      {"", "spec", "topologySpreadConstraints", {"topologyKey", "whenUnsatisfiable"}},
      {"", "spec", "resourceClaims", {"name"}},
      {"", "spec", "schedulingGates", {"name"}},
      {"", "spec", "readinessGates", {}},
      {"Job", "status", "conditions", {}},
      {"", "status", "conditions", {"type"}},
      {"", "status", "podIPs", {"ip"}},
      {"", "metadata", "ownerReferences", {"uid"}},
      {"ValidatingWebhookConfiguration", "", "webhooks", {"name"}},
      {"MutatingWebhookConfiguration", "", "webhooks", {"name"}},
  }};
  return kRules;
}

bool isOneOf(const std::string& text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Objects that are set as a whole.
bool atomicObject(const std::string& kind, const std::string& parent, const std::string& field) {
  if (isOneOf(field, {"labelSelector", "namespaceSelector", "nodeSelector", "configMapKeyRef",
                      "secretKeyRef", "fieldRef", "resourceFieldRef", "secretRef", "configMapRef",
                      "nodeSelectorTerms", "involvedObject", "regarding", "ownerReferences",
                      "localObjectReference", "claimRef", "targetRef", "roleRef"}))
    return true;
  return field == "selector" && parent == "spec" && kind != "CustomResourceDefinition";
}

FieldShape listShape(const std::string& kind, const std::string& parent, const std::string& field) {
  if (field == "finalizers" && parent == "metadata") return {Merge::Set};
  if (field == "values" && parent == "onExitCodes") return {Merge::Set};
  for (const auto& rule : listRules()) {
    if (rule.field != field || (!rule.kind.empty() && rule.kind != kind) ||
        (!rule.parent.empty() && rule.parent != parent))
      continue;
    if (rule.keys.empty()) return {Merge::Atomic};
    FieldShape shape{Merge::ByKeys, Keys(rule.keys.begin(), rule.keys.end())};
    if (field == "ports") shape.keyDefaults["protocol"] = "TCP";
    return shape;
  }
  return {Merge::Atomic};
}

/// The schema of what is at `path`, going through the items of lists.
const json::object* schemaAt(const json::object& schema, const FieldPath& path) {
  const json::object* here = &schema;
  const auto intoItems = [&here] {
    while (const auto* items = at(*here, {"items"})) {
      if (!items->is_object()) return;
      here = &items->get_object();
    }
  };
  for (const auto& step : path) {
    intoItems();
    const auto* next = at(*here, {"properties", step});
    if (!next) next = at(*here, {"additionalProperties"});
    if (!next || !next->is_object()) return nullptr;
    here = &next->get_object();
  }
  return here;
}

FieldShape schemaShape(const json::object& schema, const FieldPath& path, bool isList) {
  const auto* here = schemaAt(schema, path);
  if (!here) return {isList ? Merge::Atomic : Merge::Fields};
  if (!isList) {
    // The object may be an item of a list.
    const auto& object = at(*here, {"items"}) ? objectAt(*here, {"items"}) : *here;
    return {textAt(object, {"x-kubernetes-map-type"}) == "atomic" ? Merge::Atomic : Merge::Fields};
  }
  const auto type = textAt(*here, {"x-kubernetes-list-type"});
  if (type == "set") return {Merge::Set};
  if (type != "map") return {Merge::Atomic};
  FieldShape shape{Merge::ByKeys};
  for (const auto& key : arrayAt(*here, {"x-kubernetes-list-map-keys"})) {
    if (!key.is_string()) continue;
    shape.keys.emplace_back(key.get_string());
    if (const auto* value = at(*here, {"items", "properties", shape.keys.back(), "default"}))
      shape.keyDefaults[shape.keys.back()] = *value;
  }
  return shape;
}

}  // namespace

FieldShape builtinShape(const std::string& kind, const FieldPath& path, bool isList) {
  if (path.empty()) return {};
  const std::string parent = path.size() > 1 ? path[path.size() - 2] : "";
  if (isList) return listShape(kind, parent, path.back());
  return {atomicObject(kind, parent, path.back()) ? Merge::Atomic : Merge::Fields};
}

ShapeOf shapesOfSchema(json::object schema) {
  auto shared = std::make_shared<const json::object>(std::move(schema));
  return [shared](const FieldPath& path, bool isList) {
    if (!path.empty() && path.front() == "metadata") return builtinShape("", path, isList);
    return schemaShape(*shared, path, isList);
  };
}

}  // namespace mc::fakes
