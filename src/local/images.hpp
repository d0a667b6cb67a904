#pragma once
// Bringing the images of a Plan to the machine.
//
// Thread-safety: may be called from any thread.

#include <map>
#include <stop_token>
#include <string>

#include "base/process.hpp"
#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/serial_progress.hpp"
#include "plan/plan.hpp"

namespace mc::local {

struct ImageInfo {
  std::string user;  ///< Config.User: "", "1000", "nginx:nginx"
};

/// Checks all images side by side and pulls those that are missing (or must be fresh), also side by
/// side. An error names the image and the cause.
base::Result<std::map<std::string, ImageInfo>> ensureImages(
    docker::Client& client, const plan::Plan& plan, const std::string& dockerConfigDir,
    base::ProcessRunner& runner, SerialProgress& progress, const std::stop_token& stop);

}  // namespace mc::local
