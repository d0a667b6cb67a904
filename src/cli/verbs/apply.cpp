#include <algorithm>

#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/listing.hpp"
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
    MC_TRY_ASSIGN(auto manifests, readManifests(context, "apply", options_.files));
    orderForCreation(manifests);
    return forEachManifest(
        context, manifests, options_.quiet, [&](const Manifest& manifest, ProgressView& progress) {
          return dryRun_ != DryRun::None ? pretend(context, manifest, printer)
                                         : apply(context, manifest, progress, printer);
        });
  }

 private:
  static const char* word(engine::Applied applied) {
    switch (applied) {
      case engine::Applied::Created:
        return "created";
      case engine::Applied::Configured:
        return "configured";
      case engine::Applied::Unchanged:
        return "unchanged";
    }
    return "";
  }

  base::Result<engine::Applied> foretell(Context& context, const Manifest& manifest) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    if (manifest.object) {
      MC_TRY_ASSIGN(const auto items, listItems(*engine, kindOf(manifest), manifest.metadata().ns,
                                                context.now(), context.stopToken()));
      const bool there = std::any_of(items.begin(), items.end(), [&](const Item& item) {
        return item.name == manifest.metadata().name;
      });
      return there ? engine::Applied::Configured : engine::Applied::Created;
    }
    if (dryRun_ == DryRun::Server) {
      auto answer = engine->dryRun(engine::Change::Apply, manifest.document, manifest.plan,
                                   context.stopToken());
      if (!answer) return base::pass(aboutManifest(answer.error(), "applying", manifest));
      return answer;
    }
    const auto view = engine->minicluster(refOf(manifest), context.stopToken());
    if (!view && view.error().errnum != ENOENT) return base::pass(fromServer(view.error()));
    return view ? engine::Applied::Configured : engine::Applied::Created;
  }

  base::Status pretend(Context& context, const Manifest& manifest, ResultPrinter& printer) {
    MC_TRY_ASSIGN(const engine::Applied outcome, foretell(context, manifest));
    return printer.print(manifest, std::string(word(outcome)) + dryRunSuffix(dryRun_),
                         manifestObject(manifest));
  }

  base::Status apply(Context& context, const Manifest& manifest, ProgressView& progress,
                     ResultPrinter& printer) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    const auto applied =
        manifest.object
            ? engine->applyObject(*manifest.object, progress, context.stopToken())
            : engine->apply(manifest.document, manifest.plan, progress, context.stopToken());
    if (!applied) return base::pass(aboutManifest(applied.error(), "applying", manifest));
    progress.hide();
    if (*applied != engine::Applied::Unchanged) MC_TRY(printNotes(context, manifest));
    return printer.printFetched(manifest, word(*applied));
  }

  ChangeOptions options_;
  DryRun dryRun_ = DryRun::None;
};

}  // namespace

std::unique_ptr<Verb> makeApplyVerb() {
  return std::make_unique<ApplyVerb>();
}

}  // namespace mc::cli
