#pragma once
// What a hook leaves to those that come after it: exported variables and the working directory, as
// if all of them ran in one shell. Manifests rely on it (`pre: export PYTHONPATH=...`).
//
// Thread-safety: plain values and pure functions.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::entry {

struct Environment {
  std::map<std::string, std::string> variables;
  std::string directory;  ///< empty: the container's

  [[nodiscard]] std::string get(const std::string& name) const;
};

/// The process's own.
Environment currentEnvironment();

/// DIRECTORY NUL (NAME=VALUE NUL)...
std::string encode(const Environment& environment);

/// The reverse, without what a shell notes for itself (_, SHLVL, OLDPWD). EINVAL: not that format.
base::Result<Environment> decodeEnvironment(std::string_view text);

/// PATH with directories added at its end if it lacks them; the usual ones if there is none.
std::string withDirectories(const std::string& path, const std::vector<std::string>& directories);

}  // namespace mc::entry
