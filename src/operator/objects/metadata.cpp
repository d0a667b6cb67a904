#include "operator/objects/metadata.hpp"

#include <boost/json.hpp>

#include "operator/objects/hash.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

namespace json = boost::json;

json::object ownerReference(const Blueprint& blueprint, Ownership ownership) {
  json::object reference{{"apiVersion", kApiVersion},
                         {"kind", kKind},
                         {"name", blueprint.name()},
                         {"uid", blueprint.uid}};
  if (ownership == Ownership::Sole) {
    reference["controller"] = true;
    reference["blockOwnerDeletion"] = true;
  }
  return reference;
}

json::object clusterLabels(const Blueprint& blueprint) {
  return {{kNameLabel, blueprint.name()},
          {kManagedByLabel, kManager},
          {kClusterLabel, blueprint.name()}};
}

json::object toJson(const api::StringMap& map) {
  json::object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

json::object startObject(const Blueprint& blueprint, const char* apiVersion, const char* kind,
                         const std::string& name) {
  return {{"apiVersion", apiVersion},
          {"kind", kind},
          {"metadata", json::object{{"name", name},
                                    {"namespace", blueprint.ns()},
                                    {"labels", clusterLabels(blueprint)},
                                    {"ownerReferences",
                                     json::array{ownerReference(blueprint, Ownership::Sole)}}}}};
}

void addHash(json::object& object) {
  addHash(object, hashOf(json::value(object)));
}

void addHash(json::object& object, const std::string& hash) {
  auto& metadata = object["metadata"].as_object();
  auto& annotations = metadata["annotations"];
  if (!annotations.is_object()) annotations = json::object();
  annotations.as_object()[kAppliedHash] = hash;
}

}  // namespace mc::controller
