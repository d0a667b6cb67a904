#pragma once
// Who is at work on a cluster on this machine: at most one process at a time has a role. It is
// known by an abstract unix socket, which goes with the process however that ends, and leaves no
// file.
//
// It keeps processes from doing the same work side by side; what they do must be right without it,
// since commands on other machines know nothing of it.
//
// Thread-safety: may be called from any thread.

#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/status.hpp"

namespace mc::local {

enum class Role {
  Monitor,  ///< waits for the end of the job
  Remover,  ///< removes the cluster
};

/// Takes the role for as long as the result lives. Nothing if another process has it.
base::Result<std::optional<base::Fd>> takeRole(Role role, const std::string& clusterUid);

bool isRoleTaken(Role role, const std::string& clusterUid);

}  // namespace mc::local
