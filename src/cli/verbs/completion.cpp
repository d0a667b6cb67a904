#include "cli/completion_scripts.hpp"
#include "cli/errors.hpp"
#include "cli/verbs/verbs.hpp"

namespace mc::cli {

namespace {

constexpr const char* kExamples = R"(# Load completion into the current bash
source <(minicluster completion bash)

# Into the current zsh
source <(minicluster completion zsh)

# Into the current fish
minicluster completion fish | source)";

class CompletionVerb final : public Verb {
 public:
  [[nodiscard]] VerbInfo info() const override {
    return {"completion",
            VerbGroup::Other,
            "Output shell completion code for the specified shell (bash, zsh or fish)",
            "The code must be evaluated by the shell, for example from its start file.",
            kExamples,
            "SHELL",
            Completes::Choices,
            completionShells()};
  }

  base::Result<int> run(Context& context) override {
    if (context.args.size() != 1)
      return base::pass(usageError("completion", context.args.empty() ? "Shell not specified"
                                                                      : "Too many arguments. "
                                                                        "Expected only the shell "
                                                                        "type"));
    const std::string script = completionScript(context.args.front());
    if (script.empty())
      return base::pass(
          usageError("completion", "Unsupported shell type \"" + context.args.front() + "\""));
    MC_TRY(context.out.write(script));
    return 0;
  }
};

}  // namespace

std::unique_ptr<Verb> makeCompletionVerb() {
  return std::make_unique<CompletionVerb>();
}

}  // namespace mc::cli
