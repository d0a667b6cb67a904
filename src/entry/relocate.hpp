#pragma once
// Moves Flux's files below another directory.
//
// Thread-safety: a pure function.

#include <string>

#include "entry/settings.hpp"

namespace mc::entry {

/// Puts all of Settings::paths, and the socket, below `root`, and names the new places where the
/// broker's configuration and the command name the old ones. Settings::viewFile is given up.
void relocate(Settings& settings, const std::string& root);

}  // namespace mc::entry
