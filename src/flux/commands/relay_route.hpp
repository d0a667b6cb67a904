#pragma once
// The way to another host: an instance that has a broker there, which can start processes.
//
// Thread-safety: none; reads the environment.

#include <cstdint>
#include <string>

#include "base/status.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

struct Route {
  Session session;
  uint32_t rank = 0;  ///< the first broker of that host
};

/// Looks for `host` in the instance at FLUX_URI, the one around that, and so on. Where FLUX_URI is
/// itself on another host it begins at kViaVariable, or the system instance. EHOSTUNREACH where
/// none has it.
base::Result<Route> findRoute(const std::string& host);

/// The URI that FLUX_URI had before a command replaced it by one of another host.
constexpr const char* kViaVariable = "FLUX_RELAY_VIA";

/// Sets FLUX_URI for this command, and kViaVariable where that is necessary to reach it.
void replaceBrokerUri(const std::string& uri);

}  // namespace mc::flux::commands
