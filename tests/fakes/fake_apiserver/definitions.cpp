#include "fakes/fake_apiserver/definitions.hpp"

#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/remove.hpp"
#include "fakes/fake_apiserver/schema.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::string withoutDot(const std::string& path) {
  return path.starts_with(".") ? path.substr(1) : path;
}

void readSubresources(const json::object& version, ResourceType& type) {
  type.status = at(version, {"subresources", "status"}) != nullptr;
  const auto& scale = objectAt(version, {"subresources", "scale"});
  if (!scale.empty())
    type.scale = {{withoutDot(textAt(scale, {"specReplicasPath"})),
                   withoutDot(textAt(scale, {"statusReplicasPath"})),
                   withoutDot(textAt(scale, {"labelSelectorPath"}))}};
}

void useSchema(const json::object& version, ResourceType& type) {
  auto schema =
      std::make_shared<const json::object>(objectAt(version, {"schema", "openAPIV3Schema"}));
  type.shapes = shapesOfSchema(*schema);
  type.prune = [schema](json::object& object) { return pruneUnknown(*schema, object); };
  type.defaults = [schema](json::object& object, const HookContext&) {
    json::value value = std::move(object);
    fillDefaults(*schema, value);
    object = std::move(value.get_object());
  };
  type.validate = [schema](const json::object& now, const json::object*) {
    return checkSchema(*schema, now);
  };
}

ServedVersion servedVersion(const std::string& group, const std::string& name,
                            const std::map<std::string, ServedVersion>& conversions) {
  const auto found = conversions.find(name);
  ServedVersion version = found == conversions.end() ? ServedVersion{} : found->second;
  version.group = group;
  version.version = name;
  return version;
}

}  // namespace

ResourceType typeOfDefinition(const json::object& definition,
                              const std::map<std::string, ServedVersion>& conversions) {
  ResourceType type;
  const auto group = textAt(definition, {"spec", "group"});
  type.plural = textAt(definition, {"spec", "names", "plural"});
  type.singular = textAt(definition, {"spec", "names", "singular"});
  type.kind = textAt(definition, {"spec", "names", "kind"});
  type.namespaced = textAt(definition, {"spec", "scope"}) == "Namespaced";
  type.generation = true;
  type.custom = true;
  for (const auto& name : arrayAt(definition, {"spec", "names", "shortNames"}))
    if (name.is_string()) type.shortNames.emplace_back(name.get_string());
  for (const auto& item : arrayAt(definition, {"spec", "versions"})) {
    if (!item.is_object() || !trueAt(item.get_object(), {"served"})) continue;
    const auto& version = item.get_object();
    type.versions.push_back(servedVersion(group, textAt(version, {"name"}), conversions));
    if (!trueAt(version, {"storage"})) continue;
    type.stored = type.versions.size() - 1;
    readSubresources(version, type);
    useSchema(version, type);
  }
  return type;
}

void establish(json::object& definition, const HookContext& context) {
  auto& status = child(definition, "status");
  const auto condition = [&](const char* type, const char* reason, const char* message) {
    return json::object{{"type", type},
                        {"status", "True"},
                        {"lastTransitionTime", timestamp(context.wall)},
                        {"reason", reason},
                        {"message", message}};
  };
  status["conditions"] = json::array{
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted")};
  status["acceptedNames"] = objectAt(definition, {"spec", "names"});
  auto& stored = childArray(status, "storedVersions");
  for (const auto& version : arrayAt(definition, {"spec", "versions"}))
    if (version.is_object() && trueAt(version.get_object(), {"storage"}))
      stored.emplace_back(textAt(version.get_object(), {"name"}));
}

void define(World& world, const json::object& definition) {
  auto type = typeOfDefinition(definition, world.conversions[nameOf(definition)]);
  if (!type.versions.empty()) world.types.add(std::move(type));
}

void undefine(World& world, const json::object& definition) {
  const auto id = nameOf(definition);
  for (const auto& [key, object] : world.store.list(id, "", world.store.revision()))
    removeKey(world, key, Dependents::Background);
  world.types.remove(id);
}

}  // namespace mc::fakes
