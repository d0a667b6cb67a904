#pragma once
// What a user of one machine should know about a MiniCluster that is right but says more than one
// machine can follow.
//
// Thread-safety: a pure function.

#include <string>
#include <vector>

#include "api/minicluster.hpp"

namespace mc::api {

/// Fields without effect on one machine, each to be shown in one line as a warning.
std::vector<Note> notesForOneMachine(const MiniCluster& cluster);

}  // namespace mc::api
