#pragma once
// The part of a plan that entry carries out.
//
// Thread-safety: pure functions.

#include "plan/plan.hpp"

namespace mc::plan {

/// EINVAL, with the field's path, for text that can't be split into words.
base::Result<entry::Settings> settings(const api::MiniCluster& cluster);

/// "spec.containers[1]", for messages.
std::string fieldOf(const api::MiniCluster& cluster, const api::Container& container);

}  // namespace mc::plan
