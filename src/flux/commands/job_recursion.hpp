#pragma once
// Walking down the tree of instances: jobs that are Flux instances, and their jobs.
//
// Thread-safety: none.

#include <functional>
#include <optional>
#include <string>

#include "flux/commands/session.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// The URI of a running instance that this job (as job-list tells of it, with annotations, state
/// and userid) is; nothing for other jobs. Without `everyone` only jobs of this user count.
std::optional<std::string> instanceUri(const boost::json::object& job, bool everyone);

/// Connects to the instance of a job; nothing where there is nobody, or nobody for us.
std::optional<Session> openInstance(const std::string& uri);

/// Calls `visit` for each job of `jobs` that is a running instance, in order; `session` is null
/// where it cannot be reached.
using VisitInstance = std::function<void(const boost::json::object& job, Session* session)>;
void visitInstances(const boost::json::array& jobs, bool everyone, const VisitInstance& visit);

/// What instanceUri() needs to know of a job.
inline constexpr const char* kInstanceAttributes[] = {"annotations", "state", "userid"};

}  // namespace mc::flux::commands
