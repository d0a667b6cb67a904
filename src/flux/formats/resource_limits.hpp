#pragma once
// The names Flux gives to process resource limits (getrlimit(2)), as the shell option `rlimit`
// carries them from the submitter to the job's tasks.
//
// Thread-safety: pure functions, but for what they ask the kernel.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

/// This process's soft limits by name, -1 for none; all but those that Flux leaves to the node
/// (memlock, msgqueue, nice, rtprio, rttime, sigpending), then changed by `rules`: "-PATTERN" takes
/// out, "NAME=VALUE" sets, "PATTERN" adds the current limit. EINVAL for names that are none.
base::Result<boost::json::object> propagatedLimits(const std::vector<std::string>& rules);

/// The RLIMIT_ number of a name; nothing if there is none.
std::optional<int> limitNumber(std::string_view name);

}  // namespace mc::flux::formats
