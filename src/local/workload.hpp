#pragma once
// Bringing the pods of a Deployment, or a Pod, to what its record asks for: a step each time it is
// called, as far as that goes at the moment. What has to wait (an image that can't be pulled, an
// init container that is still at work) is waited for by the owner's monitor, which calls this
// again.
//
// May be killed and called again, and called twice at once.
//
// Thread-safety: may be called from any thread.

#include <optional>
#include <stop_token>
#include <string>

#include "base/process.hpp"
#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/engine.hpp"
#include "local/serial_progress.hpp"
#include "local/snapshot.hpp"

namespace mc::local {

struct WorkloadContext {
  docker::Client& client;
  const EngineOptions& options;
  base::ProcessRunner& runner;
  SerialProgress& progress;
  std::string node;  ///< name of this machine
};

/// What is left after a step.
struct Left {
  bool waiting = false;           ///< something will go on by itself, or can be tried again later
  bool watched = false;           ///< containers have liveness probes, which somebody must act on
  std::optional<double> retryAt;  ///< when an image is to be tried again, Unix time
};

/// ENOENT if the object is gone.
base::Result<Left> advance(const WorkloadContext& context, const ClusterRef& ref,
                           const std::stop_token& stop);

/// Puts the current content of ConfigMaps and Secrets into the pods of a namespace that mount them.
base::Status refreshFiles(const WorkloadContext& context, const std::string& ns, core::Kind kind,
                          const std::string& name, const std::stop_token& stop);

}  // namespace mc::local
