#include "cli/endpoints.hpp"
#include "cli/errors.hpp"
#include "cli/print/endpoints.hpp"
#include "cli/print/format.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDescription =
    "HOST is a name that works inside the pods: use it in a workflow, with the port beside it. "
    "What is not ready says which container is the reason.";

constexpr const char* kExamples = R"(# The services of a MiniCluster
minicluster services flux-sample

# All of a namespace, with all of their names
minicluster services -n flux-operator -o wide

# For a script
minicluster services flux-sample -o json)";

const std::vector<std::string>& formats() {
  static const std::vector<std::string> kFormats = {"json", "wide", "yaml"};
  return kFormats;
}

class ServicesVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"services",
            VerbGroup::Look,
            "Show the services of MiniClusters and what stands behind them",
            kDescription,
            kExamples,
            "[FILE | NAME] [-o wide|json|yaml]",
            Completes::Clusters,
            {}};
  }

  void declare(OptionSet& options) override {
    options.flag("all-namespaces,A", &style_.withNamespace, "Show those of all namespaces.");
    options.flag("no-headers", &noHeaders_, "Print no headers.");
    options.text("output,o", &output_, "Output format. One of: (json, wide, yaml).")
        .offer(formats());
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Format format, parseFormat(output_, formats()));
    style_.headers = !noHeaders_;
    style_.wide = format == Format::Wide;
    MC_TRY_ASSIGN(const auto found, find(context));
    if (format == Format::Yaml || format == Format::Json) {
      MC_TRY(context.out.write(formatDocument(endpointList(found), format)));
    } else if (!found.empty()) {
      MC_TRY(context.out.write(endpointTable(found, style_)));
    } else {
      MC_TRY(context.err.write(style_.withNamespace
                                   ? "No resources found\n"
                                   : "No resources found in " + context.ns() + " namespace.\n"));
    }
    return 0;
  }

 private:
  base::Result<std::vector<ServiceEndpoints>> find(Context& context) {
    MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
    std::string cluster;
    if (!context.args.empty()) {
      if (style_.withNamespace)
        return base::fail(EINVAL, "a resource cannot be retrieved by name across all namespaces");
      MC_TRY_ASSIGN(const Target target, onlyTarget(context, "services"));
      MC_TRY(fromServer(engine->minicluster(target.ref, context.stopToken())));
      cluster = target.ref.name;
    }
    const std::string ns = style_.withNamespace ? "" : context.ns();
    MC_TRY_ASSIGN(const auto services, fromServer(engine->services(ns, context.stopToken())));
    MC_TRY_ASSIGN(const auto pods, fromServer(engine->pods(ns, context.stopToken())));
    return joinEndpoints(services, pods, cluster);
  }

  bool noHeaders_ = false;
  std::string output_;
  EndpointStyle style_;
};

}  // namespace

std::unique_ptr<Verb> makeServicesVerb() {
  return std::make_unique<ServicesVerb>();
}

}  // namespace mc::cli
