#pragma once
// What a verb of the command line is: one file per verb under verbs/, each with a class of this
// kind.
//
// Thread-safety: none; one verb runs on the main thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/status.hpp"
#include "cli/option_set.hpp"
#include "cli/output.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"
#include "engine/engine.hpp"

namespace mc::cli {

class Verb;
using Verbs = std::vector<std::unique_ptr<Verb>>;

/// Where MiniClusters run.
enum class EngineKind { Local, Kubernetes };

/// How the program was called.
struct Invocation {
  std::string program = "minicluster";    ///< as users type it: "kubectl minicluster"
  EngineKind engine = EngineKind::Local;  ///< unless --engine says otherwise
  bool completion = false;  ///< kubectl asks for completions, as `kubectl_complete-minicluster`
};

/// From argv[0]: `kubectl-minicluster` is kubectl's plugin.
Invocation invocationOf(const std::string& program);

/// Options that every verb takes, before or after its name.
struct GlobalOptions {
  std::string ns;  ///< empty: not given
  std::string engine;
  std::string kubeconfig;
  std::string kubeContext;
  bool help = false;

  void declare(OptionSet& options);
};

/// Which engine, and where its settings are.
struct EngineChoice {
  EngineKind kind = EngineKind::Local;
  std::string kubeconfig;   ///< empty: as kubectl finds it
  std::string kubeContext;  ///< empty: the current one
};

/// The world around a verb; main() makes the real one, tests a faked one.
struct Context {
  Output& out;
  Output& err;
  int stdinFd;
  Terminal& terminal;
  Signals& signals;
  const base::Clock& clock;
  const Verbs& verbs;
  /// Makes the engine; called at most once, and only by verbs that need one.
  std::function<base::Result<std::unique_ptr<engine::Engine>>(const EngineChoice&)> makeEngine;
  /// The namespace where there is no -n.
  std::function<std::string(const EngineChoice&)> defaultNamespace;
  Invocation invocation = {};

  GlobalOptions global = {};
  std::vector<std::string> args = {};     ///< words that are no options
  std::vector<std::string> command = {};  ///< words after `--`, see VerbInfo::takesCommand
  std::unique_ptr<engine::Engine> madeEngine = nullptr;  ///< see engine()
  std::string foundNamespace = {};                       ///< see ns()

  /// The engine, made on first use.
  base::Result<engine::Engine*> engine();
  [[nodiscard]] std::stop_token stopToken() const { return signals.stopToken(); }
  /// The namespace that is meant.
  [[nodiscard]] const std::string& ns();
  [[nodiscard]] EngineKind engineKind() const;
  /// EINVAL if --engine names none.
  [[nodiscard]] base::Status checkEngine() const;
  [[nodiscard]] double now() const { return clock.wall(); }

 private:
  [[nodiscard]] EngineChoice choice() const;
};

/// Headings of `minicluster help`.
enum class VerbGroup { Basic, Look, Debug, Other, Hidden };

struct VerbInfo {
  std::string name;
  VerbGroup group = VerbGroup::Other;
  std::string summary;      ///< one line, no period
  std::string description;  ///< for --help, after the summary
  std::string examples;     ///< lines as kubectl's help has them: "# comment", "minicluster ..."
  std::string usage;        ///< what follows the verb: "POD [-c CONTAINER]"
  /// What its positional words are.
  Completes completes = Completes::Nothing;
  std::vector<std::string> choices = {};
  bool takesCommand = false;  ///< what follows `--` is a command, not more words
};

class Verb {
 public:
  virtual ~Verb() = default;
  [[nodiscard]] virtual VerbInfo info() const = 0;
  virtual void declare(OptionSet& /*options*/) {}
  /// Returns the exit status; an error is printed by the caller and exits with 1.
  virtual base::Result<int> run(Context& context) = 0;
};

/// All verbs, in the order of the help text.
Verbs makeVerbs();

}  // namespace mc::cli
