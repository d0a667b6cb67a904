#pragma once
// The environment of a job by rules: --env, --env-remove, --env-file (flux-environment(7)).
//
// Thread-safety: pure functions, except that files are read.

#include <map>
#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::commands {

using Environment = std::map<std::string, std::string>;

/// This process's environment without what belongs to the job that it may itself run in.
Environment submitterEnvironment();

/// Applies rules in order to `base`: "-PATTERN" removes, "^FILE" reads rules from a file,
/// "VAR=VALUE" sets (with $VAR and ${VAR} replaced, "$$" for a dollar), "PATTERN" takes matching
/// variables of `base` back. Patterns are globs, or regular expressions between slashes. Without
/// rules `base` is the result. EINVAL names the rule.
base::Result<Environment> applyEnvironmentRules(const Environment& base,
                                                const std::vector<std::string>& rules);

}  // namespace mc::flux::commands
