#pragma once
// Reads the command line: which verb, which options, which words.
//
// Options may stand before or after the verb's words, short ones may be joined (`-it`), `--` ends
// them: as with kubectl. Errors are kubectl's, "did you mean" included.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace mc::cli {

/// What was typed. The options' values have gone to the verb and to `global`.
struct CommandLine {
  Verb* verb = nullptr;  ///< nullptr: none was named
  std::vector<std::string> args;
  std::vector<std::string> command;  ///< what follows `--`, for verbs that take a command
};

/// `words` without the program's name. EINVAL: the message tells what is wrong and what to look up.
base::Result<CommandLine> parseCommandLine(const Verbs& verbs, GlobalOptions& global,
                                           std::vector<std::string> words);

}  // namespace mc::cli
