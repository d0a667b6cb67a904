#pragma once
// All that a Plan needs of the machine before anything of it is made: images, claims, checks. What
// fails here leaves nothing behind but images.
//
// Thread-safety: may be called from any thread.

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "base/process.hpp"
#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/engine.hpp"
#include "local/images.hpp"
#include "local/serial_progress.hpp"
#include "local/tools_image.hpp"
#include "plan/plan.hpp"

namespace mc::local {

struct Prepared {
  ToolsImage tools;
  std::map<std::string, ImageInfo> images;
  int64_t machineCpus = 0;  ///< 0: no limit asks for it
  bool podman = false;      ///< the engine is Podman
};

/// ENOENT names a claim or image that is missing; EINVAL what this machine can't carry out.
base::Result<Prepared> prepare(docker::Client& client, const plan::Plan& plan,
                               const EngineOptions& options, base::ProcessRunner& runner,
                               SerialProgress& progress, const std::stop_token& stop);

}  // namespace mc::local
