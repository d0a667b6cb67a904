#pragma once
// The manifests that -f names: files, directories, patterns, stdin.
//
// Thread-safety: none.

#include <optional>
#include <string>
#include <vector>

#include "api/read.hpp"
#include "cli/verb.hpp"
#include "core/objects.hpp"
#include "plan/plan.hpp"

namespace mc::cli {

/// Options of the verbs that take -f.
struct FilenameOptions {
  std::vector<std::string> files;
  bool recursive = false;
  void declare(OptionSet& options, const std::string& help);
};

/// One object of a manifest, checked: a MiniCluster, planned, or one of Kubernetes' own kinds.
struct Manifest {
  std::string file;  ///< as typed; "STDIN" for "-"
  api::Document document;
  plan::Plan plan;
  std::optional<core::Object> object = {};  ///< not a MiniCluster: document and plan are empty

  [[nodiscard]] const api::Metadata& metadata() const {
    return object ? object->metadata : document.cluster.metadata;
  }
};

/// What others refer to comes first: Secrets and ConfigMaps, then Services, then what runs.
void orderForCreation(std::vector<Manifest>& manifests);

/// Says on context.err which fields have no effect on one machine.
base::Status printNotes(Context& context, const Manifest& manifest);

/// Only MiniClusters: for verbs that know no other kinds, which refuse others by name.
base::Result<std::vector<Manifest>> readClusters(Context& context, const std::string& verb,
                                                 const FilenameOptions& options);

/// Reads all of them, in order. If anything is wrong with any, all that is wrong is printed to
/// context.err and the result is alreadyPrinted(). A document of another namespace than -n is
/// refused, as kubectl does. `verb` is for messages.
base::Result<std::vector<Manifest>> readManifests(Context& context, const std::string& verb,
                                                  const FilenameOptions& options);

}  // namespace mc::cli
