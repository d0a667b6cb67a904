#pragma once
// Environments of processes that a broker starts.
//
// Thread-safety: reads the process environment, which nobody changes while the broker runs.

#include <map>
#include <optional>
#include <string>

namespace mc::flux::broker {

using Environment = std::map<std::string, std::string>;

/// That of this process.
Environment ownEnvironment();

/// The environment of the initial program: ours without what describes the enclosing job, with
/// FLUX_URI, and with the directory of our own program on the PATH if there is no `flux` on it.
Environment programEnvironment(const std::string& localUri,
                               const std::optional<std::string>& jobId);

}  // namespace mc::flux::broker
