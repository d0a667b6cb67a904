#pragma once
// What create, apply and delete have in common: dry runs and how results are printed.
//
// Thread-safety: none.

#include <boost/json/object.hpp>
#include <string>

#include "cli/manifests.hpp"
#include "cli/print/format.hpp"
#include "cli/progress.hpp"
#include "cli/resources.hpp"
#include "cli/verb.hpp"

namespace mc::cli {

enum class DryRun { None, Client, Server };

/// "", " (dry run)", " (server dry run)": what follows "created" and the like.
const char* dryRunSuffix(DryRun dryRun);

/// `--dry-run[=client|server|none]`. Server: the engine is asked.
struct DryRunOption {
  std::string text = "none";
  void declare(OptionSet& options);
  /// EINVAL for another word.
  [[nodiscard]] base::Result<DryRun> parse() const;
};

/// Options of create and apply.
struct ChangeOptions {
  FilenameOptions files;
  DryRunOption dryRun;
  std::string output;
  bool quiet = false;
  void declare(OptionSet& options, const std::string& filenameHelp);
};

/// Says what was done with each MiniCluster.
class ResultPrinter {
 public:
  ResultPrinter(Context& context, Format format)
      : context_(context), format_(format), documents_(format) {}

  /// "minicluster.flux-framework.org/NAME created", or the object, as the format says.
  base::Status print(const Manifest& manifest, const std::string& operation,
                     const boost::json::object& object);
  /// The same for what the engine has done; fetches the object if it is shown.
  base::Status printFetched(const Manifest& manifest, const std::string& operation);

 private:
  Context& context_;
  const Format format_;
  DocumentStream documents_;
};

engine::ClusterRef refOf(const Manifest& manifest);

/// The kind of a manifest's object.
Kind kindOf(const Manifest& manifest);

/// The manifest as it would be sent: with its namespace.
boost::json::object manifestObject(const Manifest& manifest);

/// An error of the engine about a manifest: `error when creating "FILE": ...`.
base::Error aboutManifest(base::Error error, const std::string& doing, const Manifest& manifest);

/// Does `change` for each manifest with one progress display. Errors are printed and the others are
/// still done, as with kubectl; a signal ends it. Returns the exit status.
base::Result<int> forEachManifest(
    Context& context, const std::vector<Manifest>& manifests, bool quiet,
    const std::function<base::Status(const Manifest&, ProgressView&)>& change);

}  // namespace mc::cli
