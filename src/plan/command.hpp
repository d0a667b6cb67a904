#pragma once
// From the text of a command in a manifest to argv.
//
// Quoting is that of POSIX sh (Shell Command Language, 2.2): backslash, single and double quotes.
// A '#' starts no comment. A text that only a shell can run is handed to one unchanged.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::plan {

/// Splits into words for lists of options. EINVAL, with the place and a cure, for unbalanced quotes
/// and for anything that needs a shell (operators, expansions, wildcards).
base::Result<std::vector<std::string>> splitWords(std::string_view text);

/// argv of a command; empty for a blank text. {"sh", "-c", TEXT} if TEXT, outside of quotes, has
/// operators (| & ; < > ( ) newline), expansions ($VAR, `...`, ~ at the start of a word), wildcards
/// (* ? [), assignments before the command, or if it starts with a word that only shells know
/// (exit, cd, if ...). EINVAL for unbalanced quotes.
base::Result<std::vector<std::string>> commandLine(std::string_view text);

}  // namespace mc::plan
