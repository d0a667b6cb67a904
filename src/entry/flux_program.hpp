#pragma once
// Which `flux` a container runs.
//
// Thread-safety: none.

#include <string>

#include "entry/environment.hpp"
#include "entry/files.hpp"
#include "entry/settings.hpp"

namespace mc::entry {

struct FluxProgram {
  std::string path;
  bool embedded = false;
};

/// The image's own or a view's if there is one on PATH or Settings::searchPath, else the one that
/// came with entry below `mount`. ENOENT: neither is there.
base::Result<FluxProgram> findFlux(const Settings& settings, const std::string& mount,
                                   const Environment& environment, const Files& files);

/// Makes the embedded Flux known as `flux`: in /usr/local/bin, where `sudo -u USER flux` looks too,
/// or if that can't be written, at the end of PATH. Another Flux gets its directory there.
void publishFlux(const FluxProgram& flux, Environment& environment, Files& files);

}  // namespace mc::entry
