#pragma once
// Connects a session in a container with the user's terminal or pipes: for exec and attach.
//
// Thread-safety: none.

#include <functional>
#include <memory>

#include "cli/verb.hpp"

namespace mc::cli {

/// -i and -t, as they were asked for.
struct SessionOptions {
  bool stdinWanted = false;
  bool tty = false;
  void declare(OptionSet& options);
};

/// Opens a session; given the request with terminal size and stdin filled in.
using OpenSession =
    std::function<base::Result<std::unique_ptr<engine::Session>>(engine::ExecRequest request)>;

/// Runs a session to its end: raw terminal if -t (put back whatever happens), new sizes passed on,
/// output to stdout and stderr. Returns the exit status of the command.
base::Result<int> runSession(Context& context, const SessionOptions& options,
                             const OpenSession& open);

}  // namespace mc::cli
