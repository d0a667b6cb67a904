#pragma once
// Starting other programs.
//
// Behind an interface, so that tests record what would have been started.
// Thread-safety: spawn() may be called from any thread.

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::base {

/// What to start and how. Nothing of the parent's descriptors is inherited but those given.
struct Command {
  std::vector<std::string> argv;  ///< argv[0] is looked up in the PATH of `environment`.
  /// The whole environment; absent: the parent's.
  std::optional<std::map<std::string, std::string>> environment;
  std::string directory;          ///< Empty: the parent's.
  int stdinFd = -1;               ///< -1: /dev/null
  int stdoutFd = -1;              ///< -1: the parent's
  int stderrFd = -1;              ///< -1: the parent's
  /// Further descriptors (above 2) that the child gets, under the numbers that they have here.
  std::vector<int> inheritedFds;
  std::optional<uid_t> uid;       ///< Drops to this user, its `gid` and supplementary `groups`.
  std::optional<gid_t> gid;
  std::vector<gid_t> groups;
  bool newSession = false;        ///< setsid(2); with a terminal as stdin it becomes the controlling one
  bool newGroup = false;          ///< setpgid(0, 0), so that a signal reaches all its children
  /// Soft resource limits (RLIMIT_ number, value; RLIM_INFINITY: none), cut to the hard ones.
  std::vector<std::pair<int, uint64_t>> softLimits;
  bool dieWithParent = false;     ///< SIGKILL when the parent ends (prctl PR_SET_PDEATHSIG)
};

class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  /// Returns the pid once the program has been exec'ed. Fails with the errno of the step that failed
  /// (ENOENT: no such program, EACCES: not executable ...), then no child is left behind.
  virtual Result<pid_t> spawn(const Command& command) = 0;
};

/// The real one; exec errors come back through a close-on-exec pipe.
class SystemProcessRunner final : public ProcessRunner {
 public:
  Result<pid_t> spawn(const Command& command) override;
};

/// The exit code a shell gives for a wait status: the exit status, or 128 + signal.
int exitCode(int waitStatus);

/// Where `program` is in `path` (colon-separated); a name with a slash is taken as it is.
std::optional<std::string> findProgram(const std::string& program, const std::string& path);

}  // namespace mc::base
