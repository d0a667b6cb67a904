#include "operator/objects/names.hpp"

#include "operator/objects/hash.hpp"

namespace mc::controller {

std::string jobName(const std::string& cluster) {
  return cluster;
}

std::string configMapName(const std::string& cluster) {
  return cluster + "-config";
}

std::string secretName(const std::string& cluster, const std::string& uid) {
  return cluster + "-secret-" + hashOf(std::string_view(uid)).substr(0, 8);
}

std::string sidecarServiceName(const std::string& cluster, const std::string& sidecar) {
  std::string name = cluster + "-" + sidecar;
  const bool digit = name.front() >= '0' && name.front() <= '9';
  if (!digit && name.size() <= kLongestServiceName) return name;
  const std::string hash = "-" + hashOf(name).substr(0, 8);
  name = "s-" + name;
  name.resize(std::min(name.size(), kLongestServiceName - hash.size()));
  return name + hash;
}

}  // namespace mc::controller
