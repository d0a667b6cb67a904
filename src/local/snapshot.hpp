#pragma once
// All MiniClusters of a namespace at one moment, as the Docker Engine has them.
//
// Thread-safety: plain values; takeSnapshot() may be called from any thread.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "local/container_facts.hpp"
#include "local/docker/client.hpp"
#include "local/record.hpp"
#include "local/wait_marks.hpp"

namespace mc::local {

struct PodState {
  std::string name;  ///< with suffix
  plan::Pod spec;    ///< as far as podLabel() keeps it
  ContainerFacts pause;
  /// One for each of spec.containers; nothing for those that do not exist.
  std::vector<std::optional<ContainerFacts>> containers;
};

struct ClusterState {
  Record record;
  bool hasRecord = true;            ///< false: only remains of a cluster are left
  double removalAt = 0;             ///< when its removal was begun
  std::vector<PodState> pods;       ///< Flux pods by index, then the services pod
  std::vector<ContainerFacts> all;  ///< every container, also of pods whose pause is gone
  std::vector<WaitMark> marks;      ///< of containers that are not there

  /// The lead's Flux container, if there is one.
  [[nodiscard]] const ContainerFacts* lead() const;
  /// Why a container is not there; null: no reason is known.
  [[nodiscard]] const WaitMark* markOf(const std::string& pod, const std::string& container) const;
};

struct Snapshot {
  std::vector<ClusterState> clusters;  ///< sorted by namespace and name
};

/// Asks the engine: one cluster ...
base::Result<std::optional<ClusterState>> takeSnapshot(docker::Client& client,
                                                       const ClusterRef& ref,
                                                       const std::stop_token& stop);
/// ... or all of a namespace (empty: of all namespaces).
base::Result<Snapshot> takeSnapshot(docker::Client& client, const std::string& ns,
                                    const std::stop_token& stop);

/// Sorts what the engine has said into clusters and pods.
Snapshot assemble(const boost::json::array& volumes, std::vector<ContainerFacts> containers);

}  // namespace mc::local
