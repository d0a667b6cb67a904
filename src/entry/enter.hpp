#pragma once
// The way into a running Flux instance from outside of it, as `kubectl exec` comes: the user, the
// environment and the directory that the broker has, and FLUX_URI.
//
// They are read off the broker's process, which knows them better than the settings do: hooks
// change the environment, and files may have been moved (relocate.hpp). Source of the formats:
// proc(5). Thread-safety: none.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry/environment.hpp"
#include "entry/users.hpp"

namespace mc::entry {

/// What anybody may know of a broker's process.
struct Instance {
  std::string process;  ///< its directory in /proc
  std::string uri;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

/// The value of `-Slocal-uri=` in a process's arguments (/proc/PID/cmdline).
std::optional<std::string> localUri(std::string_view arguments);

/// Numbers of a line of /proc/PID/status: "Uid:\t1000\t1000\t1000\t1000".
std::vector<uint32_t> statusNumbers(std::string_view status, std::string_view key);

/// The instance of this container. ENOENT: Flux does not run.
base::Result<Instance> findInstance(const std::string& proc);

/// Why there is no instance, as far as the container's journal (entry/journal.hpp) tells.
std::string absence(std::string_view journal);

/// What only its own user may know (and root, where it has CAP_SYS_PTRACE, which containers lack).
base::Result<Environment> environmentOf(const Instance& instance);

/// Becomes `command` in the instance, or a shell; exit code 1, 126 or 127 if that fails.
int enterInstance(const std::vector<std::string>& command);

}  // namespace mc::entry
