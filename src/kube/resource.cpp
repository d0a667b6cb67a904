#include "kube/resource.hpp"

#include "http/uri.hpp"

namespace mc::kube {

std::string Resource::apiVersion() const {
  return group.empty() ? version : group + "/" + version;
}

std::string Resource::groupResource() const {
  return group.empty() ? plural : plural + "." + group;
}

std::string collectionPath(const Resource& resource, std::string_view ns) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/" + resource.group + "/";
  path += resource.version;
  if (resource.namespaced && !ns.empty()) path += "/namespaces/" + http::escaped(ns);
  return path + "/" + resource.plural;
}

std::string objectPath(const Resource& resource, std::string_view ns, std::string_view name,
                       std::string_view subresource) {
  std::string path = collectionPath(resource, ns) + "/" + http::escaped(name);
  if (!subresource.empty()) path.append("/").append(subresource);
  return path;
}

}  // namespace mc::kube
