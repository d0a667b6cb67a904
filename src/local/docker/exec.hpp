#pragma once
// Commands in running containers. Errors and thread-safety: as Client.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local::docker {

struct ExecSpec {
  std::vector<std::string> argv;
  bool tty = false;
  bool withStdin = false;
};

/// Returns the exec's id. EEXIST if the container does not run, ENOENT if there is none.
base::Result<std::string> createExec(Client& client, const std::string& container,
                                     const ExecSpec& spec, const std::stop_token& stop);

/// Starts it and connects to it.
base::Result<Upgraded> startExec(Client& client, const std::string& exec, bool tty,
                                 const std::stop_token& stop);

/// Its exit status; nothing while it runs.
base::Result<std::optional<int>> execStatus(Client& client, const std::string& exec,
                                            const std::stop_token& stop);

base::Status resizeExec(Client& client, const std::string& exec, int rows, int columns,
                        const std::stop_token& stop);

}  // namespace mc::local::docker
