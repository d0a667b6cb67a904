#pragma once
// Puts in place what Flux reads and writes: directories, configuration, certificate, script.
//
// Only directories of our own are made or given to the Flux user; the working directory and mounted
// volumes are left as they are. Thread-safety: none.

#include <string>

#include "entry/environment.hpp"
#include "entry/files.hpp"
#include "entry/messages.hpp"
#include "entry/settings.hpp"
#include "entry/users.hpp"

namespace mc::entry {

struct Place {
  std::string mount;  ///< where kMountPath is
  uid_t uid = 0;      ///< of this process
};

/// Writes everything but R. Where the settings' places can't be written, all moves below a
/// temporary directory, and the settings say so afterwards. Errors name the file, and never its
/// content.
base::Status prepareFiles(Settings& settings, const Place& place, const Identity& identity,
                          const Environment& environment, Files& files, const Messages& messages);

}  // namespace mc::entry
