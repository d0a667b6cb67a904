#pragma once
// Credentials for registries, as `docker login` keeps them: config.json and credential helpers.
//
// Source: docker/cli "config file", docker/docker-credential-helpers protocol.
// Secrets: the results hold passwords; they are for the X-Registry-Auth header alone.
//
// Thread-safety: may be called from any thread.

#include <string>

#include "base/process.hpp"
#include "base/status.hpp"

namespace mc::local::docker {

/// The value of X-Registry-Auth for a registry ("docker.io", "ghcr.io"), or empty if nothing is
/// known. `configDir` holds config.json. Fails if that file can't be read or a helper fails.
base::Result<std::string> registryAuth(const std::string& configDir, const std::string& registry,
                                       base::ProcessRunner& runner);

}  // namespace mc::local::docker
