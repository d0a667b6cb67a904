#pragma once
// `kubectl wait --for=...`: whether a condition is met.
//
// Thread-safety: pure functions.

#include <string>
#include <vector>

#include "base/status.hpp"
#include "engine/engine.hpp"

namespace mc::engine {

/// Whether a condition of that type (compared without case) has the wanted value.
bool isMet(const std::vector<Condition>& conditions, const Until& until);

/// The answer when the object may be gone: met if that was waited for, else ENOENT in kubectl's
/// words.
base::Result<bool> whenGone(const Until& until, bool gone, const std::string& kind,
                            const std::string& name);

/// Adds to a timeout what was waited for: "... on miniclusters/flux-sample".
base::Status named(base::Status status, const std::string& object);

}  // namespace mc::engine
