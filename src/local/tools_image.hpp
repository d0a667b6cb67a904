#pragma once
// The image that brings minicluster-entry and flux: made from nothing but these two static
// programs, on the spot, so that no registry is needed. It runs the pause containers and fills a
// cluster's volume.
//
// Its name holds a digest of the programs, so that a new build gets a new image.
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local {

struct ToolsImage {
  std::string name;       ///< "minicluster/tools:0123456789abcdef"
  int64_t entrySize = 0;  ///< bytes of minicluster-entry, to know it again in a volume
};

/// Makes the image unless it is there, and then removes those of earlier builds that nothing uses.
/// `binDir` holds the programs; ENOENT names the one that is missing.
base::Result<ToolsImage> ensureToolsImage(docker::Client& client, const std::string& binDir,
                                          const std::stop_token& stop);

/// A tar archive with the programs below `prefix` ("" or "opt/minicluster/"), read while it is
/// sent.
base::Result<docker::BodySource> toolsArchive(const std::string& binDir, const std::string& prefix);

}  // namespace mc::local
