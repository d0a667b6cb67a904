#pragma once
// The command object of the subprocess protocol (RFC 42) and the flags that come with it.
//
// Thread-safety: values and pure functions.

#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::services::rexec {

/// "flags" of an exec request.
enum ExecFlag : int64_t {
  kForwardStdout = 1,
  kForwardStderr = 2,
  kForwardChannels = 4,
  kWriteCredit = 8,
  kWaitable = 16,
};

/// "local_flags" of an exec request.
enum LocalFlag : int64_t {
  kStdioFallthrough = 1,  ///< stdin, stdout and stderr are those of the broker
  kNoSetpgrp = 2,         ///< no process group of its own
};

struct ExecCommand {
  std::string label;  ///< another name for the process; may be empty
  std::string cwd;    ///< empty: the broker's
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> options;
  /// Each is a socket to the client, whose number is in the environment variable of that name.
  std::vector<std::string> channels;

  /// EPROTO or EINVAL for anything malformed.
  static base::Result<ExecCommand> parse(const boost::json::object& object);

  /// The bytes that a stream may have waiting ("stdin_BUFSIZE"), 4 MiB by default as in flux-core.
  [[nodiscard]] size_t bufferSize(const std::string& stream) const;
  /// Whether output is passed on in whole lines ("stdout_LINE_BUFFER"), as it is by default.
  [[nodiscard]] bool lineBuffered(const std::string& stream) const;
};

}  // namespace mc::flux::services::rexec
