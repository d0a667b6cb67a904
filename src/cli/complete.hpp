#pragma once
// Answers the shells: what may come next on a command line that is being typed.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace mc::cli {

struct Candidate {
  std::string value;
  std::string description;  ///< may be empty
};

struct Completion {
  std::vector<Candidate> candidates;
  bool files = false;  ///< the shell is to offer file names
};

/// `words`: what follows the program's name, up to and with the word that is being typed (maybe
/// empty). What only the engine knows (pods, namespaces ...) is left out if it does not answer.
Completion complete(Context& context, const std::vector<std::string>& words);

/// "VALUE\tDESCRIPTION" lines, then ":files" or ":nofiles"; what the scripts of
/// completion_scripts.hpp read.
std::string formatCompletion(const Completion& completion);

/// The same for kubectl, which asks `kubectl_complete-minicluster`: the last line is one of cobra's
/// completion directives, 4 to offer no files and 0 otherwise.
std::string formatForKubectl(const Completion& completion);

}  // namespace mc::cli
