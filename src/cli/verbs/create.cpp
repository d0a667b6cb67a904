#include "cli/changes.hpp"
#include "cli/errors.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Create what a manifest describes
minicluster create -f ./minicluster.yaml

# The same from stdin
cat minicluster.yaml | minicluster create -f -

# Check a manifest and print it, without creating anything
minicluster create -f minicluster.yaml --dry-run=client -o yaml)";

class CreateVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"create",
            VerbGroup::Basic,
            "Create MiniClusters, and what runs beside them, from a file or from stdin",
            "YAML and JSON are accepted, several documents and Lists as well. Beside MiniClusters "
            "these kinds are taken: Deployment, Pod, Service, ConfigMap, Secret and "
            "NetworkPolicy. It returns once everything was started.",
            kExamples,
            "-f FILENAME",
            Completes::Nothing,
            {}};
  }

  void declare(OptionSet& options) override {
    options_.declare(options, "Filename or directory of what to create; - is stdin.");
  }

  base::Result<int> run(Context& context) override {
    if (!context.args.empty()) return words(context);
    if (options_.files.files.empty())
      return base::pass(usageError("create", "must specify -f, --filename"));
    MC_TRY_ASSIGN(dryRun_, options_.dryRun.parse());
    MC_TRY_ASSIGN(const Format format, parseFormat(options_.output, objectFormats()));
    ResultPrinter printer(context, format);
    MC_TRY_ASSIGN(auto manifests, readManifests(context, "create", options_.files));
    orderForCreation(manifests);
    return forEachManifest(context, manifests, options_.quiet,
                           [&](const Manifest& manifest, ProgressView& progress) {
                             return create(context, manifest, progress, printer);
                           });
  }

 private:
  /// `create namespace NAME` comes with every tutorial.
  static base::Result<int> words(Context& context) {
    const std::string& kind = context.args.front();
    if ((kind != "namespace" && kind != "ns") || context.args.size() != 2)
      return base::pass(usageError("create", "unexpected arguments: \"" + kind + "\""));
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    MC_TRY_ASSIGN(const bool made,
                  fromServer(engine->createNamespace(context.args[1], context.stopToken())));
    MC_TRY(made ? context.out.write("namespace/" + context.args[1] + " created\n")
                : context.err.write("Namespaces need not be created on this machine: \"" +
                                    context.args[1] +
                                    "\" is there as soon as something is in it.\n"));
    return 0;
  }

  base::Status create(Context& context, const Manifest& manifest, ProgressView& progress,
                      ResultPrinter& printer) {
    if (dryRun_ != DryRun::None) return pretend(context, manifest, printer);
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    const auto created =
        manifest.object
            ? engine->createObject(*manifest.object, progress, context.stopToken())
            : engine->create(manifest.document, manifest.plan, progress, context.stopToken());
    if (!created) return base::pass(aboutManifest(created.error(), "creating", manifest));
    progress.hide();
    MC_TRY(printNotes(context, manifest));
    return printer.printFetched(manifest, "created");
  }

  base::Status pretend(Context& context, const Manifest& manifest, ResultPrinter& printer) {
    if (dryRun_ == DryRun::Server && !manifest.object) {
      MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
      const auto answer = engine->dryRun(engine::Change::Create, manifest.document, manifest.plan,
                                         context.stopToken());
      if (!answer) return base::pass(aboutManifest(answer.error(), "creating", manifest));
    }
    return printer.print(manifest, std::string("created") + dryRunSuffix(dryRun_),
                         manifestObject(manifest));
  }

  ChangeOptions options_;
  DryRun dryRun_ = DryRun::None;
};

}  // namespace

std::unique_ptr<Verb> makeCreateVerb() {
  return std::make_unique<CreateVerb>();
}

}  // namespace mc::cli
