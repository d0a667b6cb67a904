#pragma once
// Small helpers of the shell around files and the host.
//
// Thread-safety: safe from any thread.

#include <string>

namespace mc::flux::shell {

/// Removes a directory and everything in it, never following symbolic links; what cannot be removed
/// stays.
void removeTree(const std::string& path);

std::string hostName();

}  // namespace mc::flux::shell
