#pragma once
// Which tasks of a job get a pseudo-terminal (shell options pty, pty.ranks, pty.capture,
// pty.interactive; flux-shell-options(7)).
//
// Thread-safety: pure functions.

#include "base/status.hpp"
#include "flux/formats/idset.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

struct PtyOptions {
  formats::Idset ranks;      ///< of the tasks that get one
  bool capture = false;      ///< what they write goes where stdout goes
  bool interactive = false;  ///< rank 0 waits for somebody to attach

  /// EINVAL where the options make no sense.
  static base::Result<PtyOptions> of(const Job& job);
};

}  // namespace mc::flux::shell
