#pragma once
// The subcommands of `flux job`. Each takes its arguments without its name and returns the exit
// status.
//
// Thread-safety: none; one command runs per process.

#include <optional>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

int jobAttach(const Args& args);
int jobStatus(const Args& args);
int jobWait(const Args& args);
int jobWaitEvent(const Args& args);
int jobEventlog(const Args& args);
int jobInfo(const Args& args);
int jobId(const Args& args);
int jobLast(const Args& args);
int jobList(const Args& args);
int jobListIds(const Args& args);
int jobStats(const Args& args);
int jobNamespace(const Args& args);
int jobTimeleft(const Args& args);
int jobTaskmap(const Args& args);
int jobKill(const Args& args);
int jobKillall(const Args& args);
int jobRaise(const Args& args);
int jobRaiseall(const Args& args);
int jobUrgency(const Args& args);
int jobMemo(const Args& args);
int jobPurge(const Args& args);
int jobSubmit(const Args& args);

// What they share.

constexpr const char* kJobProgram = "flux-job";

int jobFail(const std::string& message);
/// Connects or complains; nothing if there is no broker.
std::optional<Session> jobSession();
/// A job id or a complaint.
std::optional<formats::JobId> jobIdArgument(const std::string& text);
/// A signal by number or name ("15", "TERM", "SIGTERM").
std::optional<int> signalNumber(const std::string& text);
/// The user that "-u NAME" means: a number, a name of /etc/passwd, or "all" (RFC 12's unknown
/// user).
std::optional<uint32_t> userIdArgument(const std::string& text);
/// The bit mask of job states ("pending,running"); nothing for unknown names.
std::optional<int64_t> stateMask(const std::string& names);

/// One value that job-info keeps of a job; ENOENT for an unknown job or key.
base::Result<std::string> lookupJob(Session& session, formats::JobId id, const std::string& key,
                                    int flags = 0);

}  // namespace mc::flux::commands
