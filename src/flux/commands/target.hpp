#pragma once
// What users name when they mean another Flux instance: a URI or a job that is one.
//
// Thread-safety: none.

#include <string>

#include "base/status.hpp"

namespace mc::flux::commands {

/// The URI of a target (instance_uri.hpp says what those are); an ssh:// URI of this host is taken
/// as local. ENOENT "jobid ID not found".
base::Result<std::string> resolveTarget(const std::string& target);

}  // namespace mc::flux::commands
