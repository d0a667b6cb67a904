#pragma once
// What minicluster-entry does besides running a Flux container. Each returns the exit code.
//
// Thread-safety: none; each is the whole of a process.

#include <string>
#include <vector>

namespace mc::entry {

/// The process of a pod's pause container: holds the namespaces, reaps what it inherits, ends with
/// 0 at SIGTERM or SIGINT.
int pauseUntilTold();

/// Copies the program at `self`, and `flux` from beside it, into a directory that other containers
/// run them from. Each appears there as a whole or not at all; what is there is replaced.
int install(const std::string& self, const std::string& directory);

/// Runs `command` and prints how long it took as "FLUXTIME NAME wall time M:SS.HH" on stderr.
/// Exit code: the command's; 126 or 127 if it can't be run, as in a shell.
int runTimed(const std::string& name, const std::vector<std::string>& command);

/// Becomes `command`, found in PATH; no shell sees its words.
int becomeCommand(const std::vector<std::string>& command);

/// Writes the environment and working directory to a file, see encode().
int writeEnvironment(const std::string& path);

}  // namespace mc::entry
