#pragma once
// The content of a cluster's volume: programs, settings, secrets. Written once, before anything of
// the cluster runs, through its lead pod's pause container.
//
// There is one certificate per cluster, whoever is killed when and however often a command is
// called again: it is written only while the pause container, whose name is unique, has not been
// started, and one that is there already stays.
//
// Thread-safety: may be called from any thread.

#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/tools_image.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// Who owns the secrets: the user that entry runs as.
struct FileOwner {
  int64_t uid = 0;
  int64_t gid = 0;
};

/// `pauseId` is the container through which it is written. ENOENT if that is gone: then another
/// command is at work on this cluster.
base::Status writeClusterFiles(docker::Client& client, const std::string& pauseId,
                               const plan::Plan& plan, const FileOwner& owner,
                               const ToolsImage& tools, const std::string& binDir,
                               const std::stop_token& stop);

/// A secret file of a cluster's volume, to compare it; nothing if there is none.
base::Result<std::optional<std::string>> readClusterFile(docker::Client& client,
                                                         const std::string& pauseId,
                                                         const std::string& file,
                                                         const std::stop_token& stop);

}  // namespace mc::local
