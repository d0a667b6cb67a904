#pragma once
// Batch scripts and the directives in them: options of `flux batch` in comments of the script
// (RFC 36), e.g. "# flux: -N2 --exclusive".
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::commands {

/// The words of one directive.
struct Directive {
  size_t line = 0;  ///< counted from 1
  std::vector<std::string> words;
};

/// The directives of a script in order. EINVAL "line N: REASON" where they break the rules.
base::Result<std::vector<Directive>> findDirectives(std::string_view script);

/// Splits as a POSIX shell does: quotes, backslashes, and "#" for a comment. EINVAL for a quotation
/// that does not end.
base::Result<std::vector<std::string>> splitShellWords(std::string_view text);

}  // namespace mc::flux::commands
