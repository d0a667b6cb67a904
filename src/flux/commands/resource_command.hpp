#pragma once
// The subcommands of `flux resource`.
//
// Thread-safety: none; one command runs per process.

#include <optional>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::commands {

int resourceList(const Args& args);
int resourceInfo(const Args& args);
int resourceR(const Args& args);
int resourceStatus(const Args& args);
int resourceDrain(const Args& args);
int resourceUndrain(const Args& args);

// What they share.

Grammar resourceGrammar(std::span<const Option> options);
/// "flux-resource: ERROR: MESSAGE"; returns 1.
int resourceFail(const std::string& message);
std::optional<Session> resourceSession();

/// The scheduler's view (resource.sched-status).
struct SchedStatus {
  formats::ResourceSet all;
  formats::ResourceSet allocated;
  formats::ResourceSet down;
};
base::Result<SchedStatus> schedStatus(Session& session);

}  // namespace mc::flux::commands
