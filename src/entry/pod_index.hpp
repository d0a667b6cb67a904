#pragma once
// Which pod of its cluster a container is in.
//
// Thread-safety: a pure function.

#include <cstdint>
#include <string>

#include "base/status.hpp"

namespace mc::entry {

/// The completion index (kIndexVariable); without one the number at the end of "CLUSTER-INDEX".
/// EINVAL: neither tells.
base::Result<int32_t> podIndex(const std::string& variable, const std::string& hostname,
                               const std::string& cluster);

}  // namespace mc::entry
