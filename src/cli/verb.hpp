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
#include "local/engine.hpp"

namespace mc::cli {

class Verb;
using Verbs = std::vector<std::unique_ptr<Verb>>;

/// Options that every verb takes, before or after its name.
struct GlobalOptions {
  std::string ns;  ///< empty: not given
  bool help = false;

  static constexpr const char* kDefaultNamespace = "default";
  [[nodiscard]] std::string namespaceOrDefault() const {
    return ns.empty() ? kDefaultNamespace : ns;
  }
  void declare(OptionSet& options);
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
  std::function<base::Result<std::unique_ptr<local::Engine>>()> makeEngine;

  GlobalOptions global = {};
  std::vector<std::string> args = {};     ///< words that are no options
  std::vector<std::string> command = {};  ///< words after `--`, see VerbInfo::takesCommand
  std::unique_ptr<local::Engine> madeEngine = nullptr;  ///< see engine()

  /// The engine, made on first use.
  base::Result<local::Engine*> engine();
  [[nodiscard]] std::stop_token stopToken() const { return signals.stopToken(); }
  [[nodiscard]] std::string ns() const { return global.namespaceOrDefault(); }
  [[nodiscard]] double now() const { return clock.wall(); }
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
