#pragma once
// The whole KVS as an archive file: what `flux dump` and `flux restore` do, inside the broker, for
// the attributes content.dump and content.restore.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>

#include "base/status.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::kvs {

/// Writes all values and links below `root`. On failure nothing is left of the file.
base::Status dumpTree(Node& root, const std::string& path, double time);
/// Puts all values and links of an archive in their places.
base::Status restoreTree(Namespace& ns, const std::string& path);

}  // namespace mc::flux::services::kvs
