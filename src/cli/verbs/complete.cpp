#include "cli/complete.hpp"

#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

class CompleteVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"__complete",
            VerbGroup::Hidden,
            "Say what may come next on a command line",
            "Called by the scripts that `minicluster completion` prints.",
            "",
            "-- WORDS...",
            Completes::Nothing,
            {},
            true};
  }

  base::Result<int> run(Context& context) override {
    MC_TRY(context.out.write(formatCompletion(complete(context, context.command))));
    return 0;
  }
};

}  // namespace

std::unique_ptr<Verb> makeCompleteVerb() {
  return std::make_unique<CompleteVerb>();
}

}  // namespace mc::cli
