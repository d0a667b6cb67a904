#include "fakes/fake_apiserver/discovery.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

json::object versionInfo() {
  return {{"major", "1"},
          {"minor", "34"},
          {"gitVersion", "v1.34.4"},
          {"gitTreeState", "clean"},
          {"compiler", "none"},
          {"platform", "linux/amd64"}};
}

/// Groups with their versions, but for the core group.
std::map<std::string, std::vector<std::string>> groups(const World& world) {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& type : world.types.all())
    for (const auto& version : type->versions) {
      auto& versions = found[version.group];
      if (std::find(versions.begin(), versions.end(), version.version) == versions.end())
        versions.push_back(version.version);
    }
  found.erase("");
  return found;
}

json::object groupEntry(const std::string& group, const std::vector<std::string>& versions) {
  json::array list;
  for (const auto& version : versions)
    list.push_back({{"groupVersion", group + "/" + version}, {"version", version}});
  const auto preferred = list.front();
  return {{"name", group}, {"versions", std::move(list)}, {"preferredVersion", preferred}};
}

json::object resourceEntry(const ResourceType& type, const std::string& name,
                           const std::string& kind, json::array verbs) {
  json::object entry{{"name", name},
                     {"singularName", name == type.plural ? type.singular : ""},
                     {"namespaced", type.namespaced},
                     {"kind", kind},
                     {"verbs", std::move(verbs)}};
  if (name != type.plural || type.shortNames.empty()) return entry;
  auto& names = childArray(entry, "shortNames");
  for (const auto& one : type.shortNames) names.emplace_back(one);
  return entry;
}

void addResources(const ResourceType& type, json::array& resources) {
  resources.push_back(resourceEntry(
      type, type.plural, type.kind,
      {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}));
  const json::array some{"get", "patch", "update"};
  if (type.status)
    resources.push_back(resourceEntry(type, type.plural + "/status", type.kind, some));
  if (!type.scale.empty())
    resources.push_back(resourceEntry(type, type.plural + "/scale", "Scale", some));
}

Outcome<json::object> resourceList(const World& world, const std::string& groupVersion) {
  json::array resources;
  for (const auto& type : world.types.all())
    for (const auto& version : type->versions)
      if (version.apiVersion() == groupVersion) addResources(*type, resources);
  if (resources.empty()) return refuse(pathNotFound());
  return json::object{{"kind", "APIResourceList"},
                      {"apiVersion", "v1"},
                      {"groupVersion", groupVersion},
                      {"resources", std::move(resources)}};
}

json::object groupList(const World& world) {
  json::array list;
  for (const auto& [group, versions] : groups(world)) list.push_back(groupEntry(group, versions));
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}};
}

Outcome<json::object> groupOrVersion(const World& world, const std::string& rest) {
  if (rest.find('/') != std::string::npos) return resourceList(world, rest);
  const auto all = groups(world);
  const auto found = all.find(rest);
  if (found == all.end()) return refuse(pathNotFound());
  auto entry = groupEntry(found->first, found->second);
  entry["kind"] = "APIGroup";
  entry["apiVersion"] = "v1";
  return entry;
}

}  // namespace

Outcome<json::object> discover(const World& world, const std::string& path) {
  if (path == "/version" || path == "/version/") return versionInfo();
  if (path == "/api" || path == "/api/")
    return json::object{{"kind", "APIVersions"}, {"versions", json::array{"v1"}}};
  if (path == "/apis" || path == "/apis/") return groupList(world);
  if (path == "/api/v1") return resourceList(world, "v1");
  if (path.starts_with("/apis/")) return groupOrVersion(world, path.substr(6));
  return refuse(pathNotFound());
}

}  // namespace mc::fakes
