#pragma once
// The manifests that -f names: files, directories, patterns, stdin.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "api/read.hpp"
#include "cli/verb.hpp"
#include "plan/plan.hpp"

namespace mc::cli {

/// Options of the verbs that take -f.
struct FilenameOptions {
  std::vector<std::string> files;
  bool recursive = false;
  void declare(OptionSet& options, const std::string& help);
};

/// One MiniCluster of a manifest, checked and planned.
struct Manifest {
  std::string file;  ///< as typed; "STDIN" for "-"
  api::Document document;
  plan::Plan plan;
};

/// Reads all of them, in order. If anything is wrong with any, all that is wrong is printed to
/// context.err and the result is alreadyPrinted(). A document of another namespace than -n is
/// refused, as kubectl does. `verb` is for messages.
base::Result<std::vector<Manifest>> readManifests(Context& context, const std::string& verb,
                                                  const FilenameOptions& options);

}  // namespace mc::cli
