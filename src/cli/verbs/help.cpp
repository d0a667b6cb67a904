#include "cli/help.hpp"

#include "cli/suggest.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

class HelpVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"help", VerbGroup::Other, "Help about any command", "",
            "",     "[command]",      Completes::Choices,       {"options"}};
  }

  base::Result<int> run(Context& context) override {
    if (context.args.empty()) {
      MC_TRY(write(context, mainHelp(context.verbs)));
      return 0;
    }
    const std::string& topic = context.args.front();
    if (topic == "options") {
      MC_TRY(write(context, globalOptionsHelp()));
      return 0;
    }
    Verb* verb = findVerb(context.verbs, topic);
    if (verb == nullptr) {
      std::vector<std::string> names;
      for (const auto& known : context.verbs) names.push_back(known->info().name);
      return base::fail(EINVAL, "unknown help topic \"" + topic + "\"" + didYouMean(topic, names));
    }
    MC_TRY(write(context, verbHelp(*verb)));
    return 0;
  }

 private:
  static base::Status write(Context& context, std::string text) {
    return context.out.write(asCalled(std::move(text), context.invocation.program));
  }
};

}  // namespace

std::unique_ptr<Verb> makeHelpVerb() {
  return std::make_unique<HelpVerb>();
}

}  // namespace mc::cli
