#pragma once
// Finding other Flux instances: what `flux uri` resolves (flux-uri(1)).
//
// Thread-safety: none.

#include <string>

#include "base/status.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

/// The native URI (local:// or ssh://) of a target:
///
///   local://PATH, ssh://HOST/PATH   taken as they are
///   [jobid:]ID[/ID...]              an instance that runs as a job of this one, or of one that
///   does;
///                                   "." is this instance, ".." the one around it, a "/" in front
///                                   the outermost
///   pid:PID                         that of a process, or of a broker
///
/// "?local" and "?remote" behind it give the form. ENOENT "jobid ID not found", EINVAL for what is
/// no instance.
base::Result<std::string> resolveUri(const std::string& target);

/// A broker attribute of the instance.
base::Result<std::string> brokerAttribute(Session& session, const char* name);
/// The same for one that is a number, as "rank" and "size".
base::Result<uint32_t> brokerNumber(Session& session, const char* name);

/// Connects to the instance at a URI.
base::Result<Session> openAt(const std::string& uri);
/// A broker attribute of the instance at `uri`. One that is the URI of another broker of that host
/// comes as an ssh:// URI where `uri` is on another host, or is that of a proxy which is
/// (FLUX_PROXY_REMOTE).
base::Result<std::string> attributeAt(const std::string& uri, const char* name);
/// The same of the instance of this command, to which `session` is connected.
base::Result<std::string> ownAttribute(Session& session, const char* name);

/// "local://PATH" as "ssh://HOST/PATH" of this host, and the other way round; others as they are.
std::string asRemote(const std::string& uri);
std::string asLocal(const std::string& uri);

/// The URI by which an instance is best reached from here: ssh:// of this host becomes local.
std::string nearestUri(const std::string& uri);

}  // namespace mc::flux::commands
