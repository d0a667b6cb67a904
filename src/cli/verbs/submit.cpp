#include "cli/errors.hpp"
#include "cli/instance.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Submit a job to a running MiniCluster; prints its job ID
minicluster submit flux-sample -- hostname

# With options of flux submit: two nodes, four tasks
minicluster submit flux-sample -- -N2 -n4 hostname

# Wait for its output and exit with its status
minicluster submit flux-sample --watch -- ./simulation --steps=100)";

class SubmitVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"submit",
            VerbGroup::Basic,
            "Submit a job to the Flux instance of a running MiniCluster",
            "What follows -- is what follows `flux submit`: its options, then the command.",
            kExamples,
            "(FILE | NAME) [--watch] -- [OPTIONS] COMMAND [args...]",
            Completes::Clusters,
            {},
            true};
  }

  void declare(OptionSet& options) override {
    options.flag("watch,w", &watch_,
                 "Print the job's output and exit with its status, instead of its job ID.");
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Target target, onlyTarget(context, "submit"));
    if (context.command.empty())
      return base::pass(usageError("submit", "expected a command after --"));
    MC_TRY_ASSIGN(const auto lead, runningLead(context, target.ref));
    std::vector<std::string> words = {"flux", "submit"};
    if (watch_) words.insert(words.end(), {"--quiet", "--watch"});
    words.insert(words.end(), context.command.begin(), context.command.end());
    return runInInstance(context, lead, words, {});
  }

 private:
  bool watch_ = false;
};

}  // namespace

std::unique_ptr<Verb> makeSubmitVerb() {
  return std::make_unique<SubmitVerb>();
}

}  // namespace mc::cli
