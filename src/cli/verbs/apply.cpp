#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Create what a manifest describes, or change what is there
minicluster apply -f ./minicluster.yaml

# The same from stdin
cat minicluster.yaml | minicluster apply -f -)";

class ApplyVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {
        "apply",
        VerbGroup::Basic,
        "Apply a configuration to MiniClusters by file name or stdin",
        "What does not exist is created. A change that can't be made while the MiniCluster runs is "
        "refused, and the message names the field.",
        kExamples,
        "-f FILENAME",
        Completes::Nothing,
        {}};
  }

  void declare(OptionSet& options) override {
    options_.declare(options, "Filename or directory of the configuration; - is stdin.");
  }

  base::Result<int> run(Context& context) override {
    if (!context.args.empty())
      return base::pass(
          usageError("apply", "unexpected arguments: \"" + context.args.front() + "\""));
    if (options_.files.files.empty())
      return base::pass(usageError("apply", "must specify -f, --filename"));
    MC_TRY_ASSIGN(dryRun_, options_.dryRun.parse());
    MC_TRY_ASSIGN(const Format format, parseFormat(options_.output, objectFormats()));
    ResultPrinter printer(context, format);
    MC_TRY_ASSIGN(const auto manifests, readManifests(context, "apply", options_.files));
    return forEachManifest(context, manifests, options_.quiet,
                           [&](const Manifest& manifest, ProgressView& progress) {
                             return dryRun_ ? pretend(context, manifest, printer)
                                            : apply(context, manifest, progress, printer);
                           });
  }

 private:
  static const char* word(local::Applied applied) {
    switch (applied) {
      case local::Applied::Created:
        return "created";
      case local::Applied::Configured:
        return "configured";
      case local::Applied::Unchanged:
        return "unchanged";
    }
    return "";
  }

  base::Status pretend(Context& context, const Manifest& manifest, ResultPrinter& printer) {
    MC_TRY_ASSIGN(local::Engine * engine, context.engine());
    const auto view = engine->minicluster(refOf(manifest), context.stopToken());
    if (!view && view.error().errnum != ENOENT) return base::pass(fromServer(view.error()));
    return printer.print(refOf(manifest).name, view ? "configured (dry run)" : "created (dry run)",
                         manifestObject(manifest));
  }

  base::Status apply(Context& context, const Manifest& manifest, ProgressView& progress,
                     ResultPrinter& printer) {
    MC_TRY_ASSIGN(local::Engine * engine, context.engine());
    const auto applied =
        engine->apply(manifest.document, manifest.plan, progress, context.stopToken());
    if (!applied) return base::pass(aboutManifest(applied.error(), "applying", manifest));
    progress.hide();
    return printer.printFetched(refOf(manifest), word(*applied));
  }

  ChangeOptions options_;
  bool dryRun_ = false;
};

}  // namespace

std::unique_ptr<Verb> makeApplyVerb() {
  return std::make_unique<ApplyVerb>();
}

}  // namespace mc::cli
