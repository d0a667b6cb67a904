#pragma once
// The local engine: the life of MiniClusters on one machine, through the Docker Engine API.
//
// It keeps no state of its own. A MiniCluster is a Docker volume with labels (its record, made
// first and removed last) and the containers and network that carry the same labels; so every verb
// may be killed at any moment and called again, and converges.
//
// Errors, beside those of engine::Engine: ECONNREFUSED if no Docker Engine answers.

#include <functional>
#include <memory>
#include <string>

#include "base/status.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

struct EngineOptions {
  /// "unix:///path" or "tcp://host:port"; empty: $DOCKER_HOST is the caller's business, this is
  /// then kDefaultDockerHost.
  std::string dockerHost;
  /// Directory of minicluster-entry and flux, which are put into the containers.
  std::string binDir;
  /// Starts `minicluster monitor NS NAME` in the background; see startMonitor() in
  /// local/monitor_process.hpp. Empty: no monitors (tests).
  std::function<base::Status(const ClusterRef&)> startMonitor;
  /// Where `docker login` keeps credentials for pulls; empty: none.
  std::string dockerConfigDir;
};

constexpr const char* kDefaultDockerHost = "unix:///var/run/docker.sock";

/// The engine on a Docker Engine. Makes no request yet; fails with EINVAL if dockerHost can't be
/// read.
base::Result<std::unique_ptr<Engine>> makeEngine(EngineOptions options);

/// Options from the environment: DOCKER_HOST, MINICLUSTER_BIN_DIR (else the directory of the
/// running program), DOCKER_CONFIG (else ~/.docker), monitors started from the running program.
EngineOptions engineOptionsFromEnvironment();

}  // namespace mc::local
