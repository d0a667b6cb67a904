#include "cli/errors.hpp"
#include "cli/instance.hpp"
#include "cli/target.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# A shell in the Flux instance of a MiniCluster
minicluster shell flux-sample -n flux-operator

# The same for the one that a manifest describes
minicluster shell minicluster.yaml

# One command in it
minicluster shell flux-sample -- flux resource list)";

class ShellVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"shell",
            VerbGroup::Debug,
            "Open a shell in the Flux instance of a MiniCluster",
            "It runs in the lead pod, as the user that Flux runs as and with its environment: flux "
            "is in PATH and speaks to the instance. With a command after --, that runs instead, "
            "and its exit status is returned.",
            kExamples,
            "(FILE | NAME) [-- COMMAND [args...]]",
            Completes::Clusters,
            {},
            true};
  }

  base::Result<int> run(Context& context) override {
    MC_TRY_ASSIGN(const Target target, onlyTarget(context, "shell"));
    MC_TRY_ASSIGN(const auto lead, runningLead(context, target.ref));
    SessionOptions options;
    options.stdinWanted = context.stdinFd >= 0;
    options.tty = context.terminal.present();
    return runInInstance(context, lead, context.command, options);
  }
};

}  // namespace

std::unique_ptr<Verb> makeShellVerb() {
  return std::make_unique<ShellVerb>();
}

}  // namespace mc::cli
