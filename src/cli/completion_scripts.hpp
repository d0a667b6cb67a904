#pragma once
// The scripts that teach shells to ask `minicluster __complete`.
//
// Thread-safety: pure functions.

#include <string>
#include <vector>

namespace mc::cli {

/// "bash", "zsh", "fish".
const std::vector<std::string>& completionShells();

/// The script for a shell; empty for one that is not in completionShells().
std::string completionScript(const std::string& shell);

}  // namespace mc::cli
