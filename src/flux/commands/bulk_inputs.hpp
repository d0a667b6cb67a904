#pragma once
// The inputs of `flux bulksubmit` and the templates that they fill (flux-bulksubmit(1)).
//
// Thread-safety: values and pure functions, except that input files are read.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/commands/options.hpp"

namespace mc::flux::commands {

/// The command as it was typed, split where the inputs begin, and every combination of the inputs.
class BulkInputs {
 public:
  using Combination = std::vector<std::string>;

  /// Reads "COMMAND... ::: a b :::+ c d :::: FILE": ":::" combines a list with those before, ":::+"
  /// links it to the last one, with four colons the list is in files ("-": standard input). Without
  /// any of them the inputs are read from standard input. `separator` splits files: nothing for
  /// newlines, "none" for white space. Errors name the file.
  static base::Result<BulkInputs> parse(const Args& words,
                                        const std::optional<std::string>& separator);

  /// The words before the first separator; "{}" if there are none.
  [[nodiscard]] const Args& command() const { return command_; }
  [[nodiscard]] const std::vector<Combination>& combinations() const { return combinations_; }
  /// Puts the combinations into random order.
  void shuffle();

 private:
  struct List {
    std::vector<std::string> values;
    bool linked = false;
  };
  base::Status combine(const std::vector<List>& lists);

  Args command_;
  std::vector<Combination> combinations_;
};

/// A named method of --define: "p2=2**int(x)".
struct BulkMethod {
  std::string name;
  std::string code;
};

/// `text` with its fields replaced: {}, {0}, {seq}, {seq1}, and of an input {.%} without extension,
/// {./} base name, {./%} both, {.//} directory, {.NAME} a defined method. {cc} and {{tags}} stay as
/// they are. EINVAL for a field that there is not.
base::Result<std::string> fillTemplate(std::string_view text, const BulkInputs::Combination& inputs,
                                       size_t sequence, const std::vector<BulkMethod>& methods);

}  // namespace mc::flux::commands
