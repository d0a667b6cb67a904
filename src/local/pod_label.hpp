#pragma once
// A pod's description as a label of its pause container, so that pods can be shown and ended
// without the manifest. What makes up a container's behaviour is there; values of its environment
// are not.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// JSON text.
std::string podLabel(const plan::Pod& pod);

/// The reverse; variables of the environment come back with empty values. EPROTO if it can't be
/// read.
base::Result<plan::Pod> readPodLabel(std::string_view text);

}  // namespace mc::local
