#include "remote/manifest_object.hpp"

#include "remote/names.hpp"

namespace mc::remote {

namespace {

namespace json = boost::json;

/// The object at `key`, made if there is none.
json::object& objectAt(json::object& parent, const char* key) {
  json::value& value = parent[key];
  return value.is_object() ? value.get_object() : value.emplace_object();
}

void mergeMap(const json::object& from, json::object& into, const char* key) {
  const json::value* given = from.if_contains(key);
  if (given == nullptr || !given->is_object()) return;
  json::object& map = objectAt(into, key);
  for (const auto& [name, value] : given->get_object()) map[name] = value;
}

}  // namespace

kube::Resource resourceOf(const api::Document& document) {
  kube::Resource resource = kMiniClusters;
  const std::string_view version = kube::findText(document.manifest, {"apiVersion"});
  const size_t slash = version.find('/');
  if (slash != std::string_view::npos) resource.version = version.substr(slash + 1);
  return resource;
}

kube::Object newObject(const api::Document& document) {
  kube::Object object = document.manifest;
  objectAt(object, "metadata")["namespace"] = document.cluster.metadata.ns;
  return object;
}

kube::Object changedObject(const api::Document& document, const kube::Object& live) {
  kube::Object object = live;
  object.erase("status");
  const json::object* given = kube::findObject(document.manifest, {"metadata"});
  if (given != nullptr) {
    mergeMap(*given, objectAt(object, "metadata"), "labels");
    mergeMap(*given, objectAt(object, "metadata"), "annotations");
  }
  const json::object* wanted = kube::findObject(document.manifest, {"spec"});
  json::object spec = wanted == nullptr ? json::object() : *wanted;
  const json::value* size = kube::find(live, {"spec", "size"});
  if (size != nullptr && !spec.contains("size")) spec["size"] = *size;
  object["spec"] = std::move(spec);
  return object;
}

}  // namespace mc::remote
