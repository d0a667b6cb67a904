#pragma once
// Which MiniCluster a verb means: one that is named, or the one that a manifest describes.
//
// Thread-safety: none.

#include <optional>
#include <string>

#include "cli/manifests.hpp"
#include "cli/verb.hpp"

namespace mc::cli {

struct Target {
  engine::ClusterRef ref;
  std::optional<Manifest> manifest;  ///< if it was meant by its file
};

/// Whether a word can only be a manifest's: "-", "minicluster.yaml".
bool isManifestName(const std::string& word);

/// "NAME", "minicluster/NAME", "FILE" (any that is there) or "-". The namespace is that of the
/// file, and from then on the context's, unless there is a -n. `verb` is for messages.
base::Result<Target> findTarget(Context& context, const std::string& verb, const std::string& word);

/// The only word of a verb that takes one MiniCluster; a usage error if there are more or none.
base::Result<Target> onlyTarget(Context& context, const std::string& verb);

}  // namespace mc::cli
