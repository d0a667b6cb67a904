#include "plan/network.hpp"

namespace mc::plan {
namespace {

std::vector<std::string> fluxPodNames(const api::MiniCluster& cluster) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(cluster.size));
  for (int32_t i = 0; i < cluster.size; ++i) names.push_back(podName(cluster, i));
  return names;
}

Service headless(const api::MiniCluster& cluster) {
  Service service;
  service.name = cluster.headlessName;
  service.headless = true;
  service.pods = fluxPodNames(cluster);
  if (!cluster.services.empty()) service.pods.push_back(servicesPodName(cluster));
  return service;
}

}  // namespace

std::string podName(const api::MiniCluster& cluster, int32_t index) {
  return cluster.metadata.name + "-" + std::to_string(index);
}

std::string servicesPodName(const api::MiniCluster& cluster) {
  return cluster.metadata.name + "-services";
}

std::vector<std::string> dnsNames(const api::MiniCluster& cluster, const std::string& hostname) {
  std::vector<std::string> names = {hostname};
  for (const auto& part : {cluster.headlessName, cluster.metadata.ns, std::string("svc"),
                           std::string("cluster.local")})
    names.push_back(names.back() + "." + part);
  return names;
}

std::string fullName(const api::MiniCluster& cluster, const std::string& hostname) {
  return dnsNames(cluster, hostname).back();
}

std::string hostlist(const api::MiniCluster& cluster) {
  if (cluster.maxSize <= 1) return podName(cluster, 0);
  return cluster.metadata.name + "-[0-" + std::to_string(cluster.maxSize - 1) + "]";
}

std::vector<Service> services(const api::MiniCluster& cluster) {
  std::vector<Service> all = {headless(cluster)};
  for (const auto& container : cluster.containers) {
    if (container.runFlux || container.ports.empty()) continue;
    all.push_back({container.name, false, container.ports, fluxPodNames(cluster)});
  }
  return all;
}

}  // namespace mc::plan
