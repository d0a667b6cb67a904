#pragma once
// Command-line options from a table, over getopt_long(3).
//
// getopt_long gives what Flux users rely on: abbreviated long options, -n4 and -n 4, options with
// optional values. What it leaves open differs between Flux's own commands: those in Python
// complain as argparse does ("flux run: error: unrecognized arguments: --x", exit 2) and help on
// stdout; those in C complain as Flux's optparse does ("Try `flux-job --help' for more
// information.", exit 1) and help on stderr. Both are here, so that scripts see what they expect.
//
// Thread-safety: none; getopt(3) keeps its place in globals.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mc::flux::commands {

using Args = std::vector<std::string>;

enum class Takes { Nothing, Value, OptionalValue };

/// One option. Options of one table live as long as the program.
struct Option {
  char letter = 0;  ///< 0: only a long name
  const char* name = nullptr;
  Takes takes = Takes::Nothing;
  const char* valueName = "";  ///< for the help text
  const char* help = nullptr;  ///< null: hidden
};

enum class Style { Python, C };

/// A command as its help text shows it.
struct Grammar {
  Style style = Style::Python;
  const char* program = "";  ///< before error messages: "flux-jobs", "flux run"
  const char* usage = "";    ///< "flux run [OPTIONS...] COMMAND [ARGS...]"
  const char* description = "";
  std::span<const Option> options = {};
  /// The first argument that is no option ends the options, as for `flux run COMMAND --its-option`.
  bool commandFollows = false;
  /// Lines between the usage and the options of the help text.
  const char* positionals = "";
  int helpColumn = 0;  ///< where the texts start; 0: the style's default
};

/// What was given on a command line.
class Parsed {
 public:
  Args rest;  ///< the arguments that are no options

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] int count(std::string_view name) const;
  /// The last value of an option; nothing if it was not given or given without value.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::string valueOr(std::string_view name, std::string_view fallback) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;

  struct Given {
    const Option* option;
    std::optional<std::string> value;
  };
  /// All of them in the order of the command line.
  [[nodiscard]] const std::vector<Given>& given() const { return given_; }
  void add(const Option* option, std::optional<std::string> value);

 private:
  [[nodiscard]] const Given* find(std::string_view name) const;
  std::vector<Given> given_;
};

/// Reads `args` (without the program's name). Where the command is done already (--help, a usage
/// error, which is printed) `exitStatus` is set and nothing more is to be done.
struct ParseOutcome {
  Parsed parsed;
  std::optional<int> exitStatus;
};
ParseOutcome parseOptions(const Grammar& grammar, const Args& args);

/// Prints a usage error in the command's style; returns its exit status.
int usageError(const Grammar& grammar, const std::string& message);

/// Prints the help text to standard error, for a command line without what is needed; returns 1.
int usageHelp(const Grammar& grammar);

/// The help text as --help prints it.
std::string helpText(const Grammar& grammar);

/// "-n/--ntasks" for messages about an option.
std::string optionLabel(const Option& option);

/// A whole number from an option; prints argparse's complaint and sets `exitStatus` otherwise.
std::optional<long> integerOption(const Grammar& grammar, const Parsed& parsed,
                                  std::string_view name, std::optional<int>& exitStatus);

}  // namespace mc::flux::commands
