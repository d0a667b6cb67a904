#include "plan/layout.hpp"

#include "plan/config.hpp"
#include "plan/secrets.hpp"

namespace mc::plan {
namespace {

constexpr std::string_view kSocketBelowRoot = "/run/flux/local";
constexpr std::string_view kConfig = "/config";

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string layoutRoot(const api::MiniCluster& cluster) {
  const std::string& socket = cluster.flux.socket;
  if (!endsWith(socket, kSocketBelowRoot)) return {};
  return socket.substr(0, socket.size() - kSocketBelowRoot.size());
}

std::string sharedDirectory(const api::MiniCluster& cluster) {
  const std::string root = layoutRoot(cluster);
  return endsWith(root, kConfig) ? root.substr(0, root.size() - kConfig.size()) : root;
}

entry::Paths paths(const api::MiniCluster& cluster) {
  const std::string root = layoutRoot(cluster);
  entry::Paths paths;
  paths.configDirectory = root + "/etc/flux/config";
  if (needsCurveCert(cluster))
    paths.curveCert = root + (root.empty() ? "/etc/curve/curve.cert" : "/curve/curve.cert");
  if (needsResourceFile(cluster)) paths.resources = root + "/etc/flux/system/R";
  paths.runDirectory = root + "/run/flux";
  paths.stateDirectory = root + "/var/lib/flux";
  paths.script = root + "/etc/flux/script";
  if (!root.empty()) paths.viewFile = sharedDirectory(cluster) + "/flux-view.sh";
  return paths;
}

}  // namespace mc::plan
