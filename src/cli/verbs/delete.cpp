#include "base/deadline.hpp"
#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/listing.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Delete what a manifest describes
minicluster delete -f ./minicluster.yaml

# Delete a MiniCluster by its name
minicluster delete minicluster flux-sample -n flux-operator

# Delete it without giving its programs time to end
minicluster delete mc flux-sample --force

# Delete all MiniClusters of a namespace
minicluster delete mc --all -n flux-operator)";

/// One object to delete, and the file that named it (empty: the command line did).
struct Target {
  engine::ClusterRef ref;
  std::string file;
  Kind kind = Kind::MiniCluster;
};

class DeleteVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"delete",
            VerbGroup::Basic,
            "Delete MiniClusters, and what runs beside them, by file names, stdin, names, or label "
            "selector",
            "All that belongs to them goes with them: containers, networks and volumes. Programs "
            "get time "
            "to end, see --grace-period.",
            kExamples,
            "([-f FILENAME] | TYPE [(NAME... | -l label | --all)])",
            Completes::Resources,
            {}};
  }

  void declare(OptionSet& options) override;
  base::Result<int> run(Context& context) override;

 private:
  base::Status prepare(Context& context);
  base::Status checkGrace(Context& context);
  base::Result<std::vector<Target>> targets(Context& context);
  base::Result<std::vector<Target>> selectedTargets(Context& context, const Selection& selection);
  base::Status remove(Context& context, const Target& target, ProgressView& progress);
  base::Status print(Context& context, const Target& target);

  FilenameOptions files_;
  DryRunOption dryRunOption_;
  bool all_ = false;
  bool allNamespaces_ = false;
  bool force_ = false;
  bool ignoreNotFound_ = false;
  bool now_ = false;
  bool quiet_ = false;
  bool wait_ = true;
  int64_t gracePeriod_ = -1;
  std::chrono::nanoseconds timeout_{0};
  std::string selectorText_;
  std::string output_;

  DryRun dryRun_ = DryRun::None;
  Format format_ = Format::Table;
  Selector selector_;
};

void DeleteVerb::declare(OptionSet& options) {
  files_.declare(options, "Filename or directory of what to delete; - is stdin.");
  dryRunOption_.declare(options);
  options.flag("all", &all_, "Delete all of that type in the namespace.");
  options.flag("all-namespaces,A", &allNamespaces_, "Look for them in all namespaces.");
  options.flag("force", &force_, "End programs at once, without SIGTERM.");
  options.number(
      "grace-period", &gracePeriod_,
      "Seconds given to programs to end. Ignored if negative. Can only be 0 when --force "
      "is true.");
  options.flag("ignore-not-found", &ignoreNotFound_,
               "Treat \"resource not found\" as a successful delete.");
  options.flag("now", &now_, "Immediate shutdown (same as --grace-period=1).");
  options.text("output,o", &output_, "Output mode. Use \"-o name\" for shorter output.")
      .offer({"name"});
  options.flag("quiet,q", &quiet_, "Show no progress.");
  options.text("selector,l", &selectorText_,
               "Label query to filter on, supports '=', '==', '!=', 'in', 'notin'.");
  options.duration("timeout", &timeout_,
                   "The length of time to wait before giving up on a delete, zero means no limit.");
  options.flag("wait", &wait_, "Wait for the resources to be gone before returning.");
}

base::Status DeleteVerb::checkGrace(Context& context) {
  if (now_ && gracePeriod_ != -1)
    return base::fail(EINVAL, "--now and --grace-period cannot be specified together");
  if (now_) gracePeriod_ = 1;
  if (force_ && gracePeriod_ > 0)
    return base::fail(EINVAL,
                      "--force and --grace-period greater than 0 cannot be specified together");
  // As kubectl: no accidental kill without --force.
  if (gracePeriod_ == 0 && !force_) gracePeriod_ = 1;
  if (!force_) return {};
  gracePeriod_ = 0;
  return context.err.write("Warning: Immediate deletion does not give programs time to end.\n");
}

base::Status DeleteVerb::prepare(Context& context) {
  MC_TRY_ASSIGN(dryRun_, dryRunOption_.parse());
  if (!output_.empty() && output_ != "name")
    return base::fail(EINVAL,
                      "unexpected -o output mode: " + output_ + ". We only support '-o name'");
  MC_TRY_ASSIGN(format_, parseFormat(output_, objectFormats()));
  MC_TRY_ASSIGN(selector_, Selector::parse(selectorText_));
  if (all_ && !selector_.empty())
    return base::fail(EINVAL, "cannot set --all and --selector at the same time");
  if (!files_.files.empty() && !context.args.empty())
    return base::fail(EINVAL,
                      "when paths, URLs, or stdin is provided as input, you may not specify "
                      "resource arguments as well");
  ignoreNotFound_ = ignoreNotFound_ || all_ || !selector_.empty();
  return checkGrace(context);
}

/// The MiniClusters that --all or -l mean.
base::Result<std::vector<Target>> DeleteVerb::selectedTargets(Context& context,
                                                              const Selection& selection) {
  if (!all_ && selector_.empty())
    return base::fail(EINVAL, "resource(s) were provided, but no name was specified");
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  auto listed = listItems(*engine, selection.kind, allNamespaces_ ? "" : context.ns(),
                          context.now(), context.stopToken());
  // `delete all` is about the kinds that the engine has.
  if (!listed && listed.error().errnum == ENOTSUP) return std::vector<Target>{};
  if (!listed) return base::pass(listed.error());
  const auto& items = *listed;
  std::vector<Target> targets;
  for (const auto& item : items)
    if (!item.owned && selector_.matches(item.labels))
      targets.push_back({{item.ns, item.name}, "", selection.kind});
  return targets;
}

base::Result<std::vector<Target>> DeleteVerb::targets(Context& context) {
  std::vector<Target> targets;
  if (!files_.files.empty()) {
    MC_TRY_ASSIGN(const auto manifests, readManifests(context, "delete", files_));
    for (const auto& manifest : manifests)
      targets.push_back({refOf(manifest), manifest.file, kindOf(manifest)});
    return targets;
  }
  MC_TRY_ASSIGN(const auto selections, parseSelections("delete", context.args));
  for (const auto& selection : selections) {
    if (selection.names.empty()) {
      MC_TRY_ASSIGN(auto selected, selectedTargets(context, selection));
      targets.insert(targets.end(), selected.begin(), selected.end());
    }
    for (const auto& name : selection.names)
      targets.push_back({{context.ns(), name}, "", selection.kind});
  }
  return targets;
}

base::Status DeleteVerb::print(Context& context, const Target& target) {
  const std::string& name = target.ref.name;
  if (format_ == Format::Name) return context.out.write(objectName(target.kind, name) + "\n");
  const std::string operation = force_ ? "force deleted" : "deleted";
  return context.out.write(kindName(target.kind) + " \"" + name + "\" " + operation +
                           dryRunSuffix(dryRun_) + "\n");
}

base::Status DeleteVerb::remove(Context& context, const Target& target, ProgressView& progress) {
  if (dryRun_ != DryRun::None) return print(context, target);
  MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
  engine::RemoveOptions options;
  if (gracePeriod_ >= 0) options.grace = std::chrono::seconds(gracePeriod_);
  options.wait = wait_;
  std::optional<std::chrono::milliseconds> limit;
  if (timeout_.count() > 0) limit = std::chrono::ceil<std::chrono::milliseconds>(timeout_);
  const base::Deadline deadline(limit, context.stopToken());
  const auto kind = coreKind(target.kind);
  auto removed = kind ? engine->removeObject({*kind, target.ref.ns, target.ref.name}, options,
                                             progress, deadline.token())
                      : engine->remove(target.ref, options, progress, deadline.token());
  progress.hide();
  if (removed) return print(context, target);
  base::Error error = std::move(removed.error());
  if (error.errnum == ENOENT && ignoreNotFound_) return {};
  if (deadline.expired())
    return base::fail(ETIMEDOUT, "timed out waiting for the condition on " +
                                     waitedName(target.kind, target.ref.name));
  if (!target.file.empty())
    error.message = "error when deleting \"" + target.file + "\": " + error.message;
  return base::pass(fromServer(std::move(error)));
}

base::Result<int> DeleteVerb::run(Context& context) {
  MC_TRY(prepare(context));
  if (files_.files.empty() && context.args.empty())
    return base::pass(
        usageError("delete", "You must provide one or more resources by argument or filename"));
  MC_TRY_ASSIGN(const auto targets, this->targets(context));
  if (targets.empty()) MC_TRY(context.out.write("No resources found\n"));
  ProgressView progress(context.err, context.clock, quiet_);
  int status = 0;
  for (const auto& target : targets) {
    const auto removed = remove(context, target, progress);
    if (removed) continue;
    if (context.signals.received() != 0) return base::pass(removed.error());
    MC_TRY(context.err.write(errorText(removed.error())));
    status = 1;
  }
  return status;
}

}  // namespace

std::unique_ptr<Verb> makeDeleteVerb() {
  return std::make_unique<DeleteVerb>();
}

}  // namespace mc::cli
