#pragma once
// What the builders of this folder work from: a MiniCluster, its plan, and who runs it.
//
// An Indexed Job has one template for all pods, so of the plan's Flux pods there is one here,
// without what differs from pod to pod.
//
// Thread-safety: plain values and pure functions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/minicluster.hpp"
#include "base/status.hpp"
#include "entry/settings.hpp"
#include "kube/object.hpp"
#include "plan/plan.hpp"

namespace mc::controller {

/// What the operator is told about itself.
struct ObjectOptions {
  /// The image that brings entry and Flux into the pods: the operator's own.
  std::string image;
  api::PullPolicy pullPolicy = api::PullPolicy::IfNotPresent;
  /// The cluster's DNS domain.
  std::string clusterDomain = "cluster.local";
};

struct Blueprint {
  api::MiniCluster cluster;
  std::string uid;  ///< of the MiniCluster object, for owner references
  ObjectOptions options;
  plan::Pod pod;  ///< a Flux pod
  std::optional<plan::Pod> servicesPod;
  std::vector<plan::Service> services;
  entry::Settings settings;
  /// Of the Secret; see plan::Plan.
  std::map<std::string, std::string> secretFiles;
  bool makeCurveCert = false;

  [[nodiscard]] const std::string& name() const { return cluster.metadata.name; }
  [[nodiscard]] const std::string& ns() const { return cluster.metadata.ns; }
  /// Whether the Flux containers get a Secret at all.
  [[nodiscard]] bool hasSecret() const { return makeCurveCert || !secretFiles.empty(); }
};

/// EINVAL, with the field's path, for a command that can't be split into words.
base::Result<Blueprint> makeBlueprint(const api::MiniCluster& cluster, const std::string& uid,
                                      const ObjectOptions& options);

/// The Job's labels as the manifest has them: its jobLabels, and Kueue's labels of the MiniCluster
/// itself, since that is where Kueue's users write them.
api::StringMap wantedJobLabels(const api::MiniCluster& cluster);

/// Whether the manifest says that Kueue decides when the Job runs.
bool isQueued(const api::MiniCluster& cluster);
/// The same, or Kueue has put the Job into a queue itself (a namespace's default queue).
bool isQueued(const api::MiniCluster& cluster, const kube::Object& job);

}  // namespace mc::controller
