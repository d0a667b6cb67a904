#pragma once
// Commands inside the Flux instance of a MiniCluster: in the lead's Flux container, as the user and
// with the environment that Flux itself has there (minicluster-entry enter).
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "cli/session_io.hpp"
#include "cli/verb.hpp"

namespace mc::cli {

/// The lead pod, if its Flux container runs; EINVAL says why nothing can be done in it.
base::Result<engine::PodView> runningLead(Context& context, const engine::ClusterRef& ref);

/// Runs a command (none: a shell) with the user's terminal or pipes; returns its exit status.
base::Result<int> runInInstance(Context& context, const engine::PodView& lead,
                                const std::vector<std::string>& command,
                                const SessionOptions& options);

struct Captured {
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs a command without input and keeps what it prints.
base::Result<Captured> captureInInstance(Context& context, const engine::PodView& lead,
                                         const std::vector<std::string>& command);

}  // namespace mc::cli
