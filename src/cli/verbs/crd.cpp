#include "api/schema.hpp"
#include "cli/print/format.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kDescription =
    "It is made of the same tables that manifests are checked with. The operator's own "
    "installation "
    "holds it; with other names for the webhook's Service, or to look fields up:";

constexpr const char* kExamples = R"(# Print the definition
minicluster crd

# Install it alone
minicluster crd | kubectl apply --server-side -f -

# For an operator in another namespace
minicluster crd --webhook-namespace=flux-operator)";

class CrdVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"crd",
            VerbGroup::Other,
            "Print the CustomResourceDefinition of MiniClusters",
            kDescription,
            kExamples,
            "",
            {},
            {}};
  }

  void declare(OptionSet& options) override {
    options.text("webhook-namespace", &settings_.serviceNamespace,
                 "Namespace of the operator, whose webhook converts between the API's versions.");
    options.text("webhook-service", &settings_.serviceName, "Name of the webhook's Service.");
    options.text("output,o", &output_, "One of 'yaml' or 'json'.").offer({"json", "yaml"});
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(Format format, parseFormat(output_, {"json", "yaml"}));
    if (format == Format::Table) format = Format::Yaml;
    MC_TRY(context.out.write(formatDocument(api::customResourceDefinition(settings_), format)));
    return 0;
  }

 private:
  api::CrdSettings settings_;
  std::string output_;
};

}  // namespace

std::unique_ptr<Verb> makeCrdVerb() {
  return std::make_unique<CrdVerb>();
}

}  // namespace mc::cli
