#pragma once
// The files that a jobspec carries (attributes.system.files, an archive of RFC 37; RFC 14): the
// script of a batch job, its configuration, what --add-file gave.
//
// Thread-safety: works on the file system.

#include <string>

#include "base/status.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

/// Makes the files below `directory`. EINVAL with the name for what RFC 37 does not allow, and for
/// content that is not in the archive itself (blobvec).
base::Status extractFiles(const Job& job, const std::string& directory);

}  // namespace mc::flux::shell
