#pragma once
// Commands in containers, connected to the caller's input and output.
//
// Thread-safety: as Session.

#include <memory>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// Starts request.argv in a container.
base::Result<std::unique_ptr<Session>> openExec(docker::Client& client,
                                                const std::string& container,
                                                const ExecRequest& request,
                                                const std::stop_token& stop);

/// Connects to a container's main process.
base::Result<std::unique_ptr<Session>> openAttach(docker::Client& client,
                                                  const std::string& container,
                                                  const ExecRequest& request,
                                                  const std::stop_token& stop);

/// Runs a command in a container to its end; its exit status. Its output is dropped.
base::Result<int> runCommand(docker::Client& client, const std::string& container,
                             const std::vector<std::string>& argv, const std::stop_token& stop);

/// Runs a hook's text with the container's shell; its exit status. Its output is dropped.
base::Result<int> runHook(docker::Client& client, const std::string& container,
                          const std::string& text, const std::stop_token& stop);

}  // namespace mc::local
