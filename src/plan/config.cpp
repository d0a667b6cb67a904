#include "plan/config.hpp"

#include "plan/layout.hpp"
#include "plan/network.hpp"

namespace mc::plan {
namespace {

/// A TOML basic string. Paths and names hold nothing to escape but, in theory, these.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string access(const api::MiniCluster& cluster) {
  // Root in the container may use the instance; others only if the manifest makes users.
  return std::string("[access]\nallow-root-owner = true\nallow-guest-user = ") +
         (cluster.users.empty() ? "false" : "true") + "\n";
}

std::string bootstrap(const api::MiniCluster& cluster, const entry::Paths& paths) {
  std::string text = "\n[bootstrap]\n";
  if (!paths.curveCert.empty()) text += "curve_cert = " + quoted(paths.curveCert) + "\n";
  text += "default_port = " + std::to_string(kBrokerPort) + "\n";
  // All interfaces: which one the pod network is differs from engine to engine.
  text += "default_bind = \"tcp://*:%p\"\n";
  text += "default_connect = " + quoted("tcp://" + fullName(cluster, "%h") + ":%p") + "\n";
  text += "hosts = [\n    { host = " + quoted(hostlist(cluster)) + " },\n]\n";
  return text;
}

std::string resource(const api::MiniCluster& cluster, const entry::Paths& paths) {
  if (paths.resources.empty()) return {};
  std::string text = "\n[resource]\npath = " + quoted(paths.resources) + "\n";
  // Cores given by hand are meant, also where the machine has others.
  if (cluster.fluxContainer().cores > 0) text += "noverify = true\n";
  return text;
}

std::string scheduler(const api::MiniCluster& cluster) {
  if (cluster.flux.queuePolicy.empty()) return {};
  return "\n[sched-fluxion-qmanager]\nqueue-policy = " + quoted(cluster.flux.queuePolicy) + "\n";
}

}  // namespace

bool needsResourceFile(const api::MiniCluster& cluster) {
  return cluster.maxSize > cluster.size || cluster.minSize > 0 || cluster.fluxContainer().cores > 0;
}

std::string brokerConfig(const api::MiniCluster& cluster) {
  if (!cluster.flux.brokerConfig.empty()) return cluster.flux.brokerConfig;
  const entry::Paths where = paths(cluster);
  return access(cluster) + bootstrap(cluster, where) + resource(cluster, where) +
         scheduler(cluster);
}

}  // namespace mc::plan
