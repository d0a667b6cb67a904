#include "cli/version.hpp"
#include "cli/errors.hpp"
#include "cli/print/format.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Print the versions of this program and of the Docker Engine
minicluster version

# Only that of this program
minicluster version --client)";

class VersionVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"version",
            VerbGroup::Other,
            "Print the client and engine version information",
            "",
            kExamples,
            "",
            {},
            {}};
  }

  void declare(OptionSet& options) override {
    options.flag("client", &clientOnly_, "Shows the client version only (no engine required).");
    options.text("output,o", &output_, "One of 'yaml' or 'json'.").offer({"json", "yaml"});
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Format format, parseFormat(output_, {"json", "yaml"}));
    boost::json::object versions = {{"clientVersion", {{"gitVersion", kVersion}}}};
    std::string text = std::string("Client Version: ") + kVersion + "\n";
    base::Status reached;
    if (!clientOnly_) {
      MC_TRY_ASSIGN(engine::Engine * engine, context.engine());
      const auto description = engine->describeEngine(context.stopToken());
      if (description) {
        text += "Engine Version: " + *description + "\n";
        versions["engineVersion"] = *description;
      } else {
        reached = base::pass(description.error());
      }
    }
    MC_TRY(context.out.write(format == Format::Table ? text : formatDocument(versions, format)));
    MC_TRY(std::move(reached));
    return 0;
  }

 private:
  bool clientOnly_ = false;
  std::string output_;
};

}  // namespace

std::unique_ptr<Verb> makeVersionVerb() {
  return std::make_unique<VersionVerb>();
}

}  // namespace mc::cli
