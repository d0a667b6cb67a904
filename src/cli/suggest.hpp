#pragma once
// "Did you mean this?"
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

namespace mc::cli {

/// The candidates that `word` may stand for: at most two edits away (one, if it is
/// short), or beginning with it.
std::vector<std::string> suggestions(std::string_view word,
                                     const std::vector<std::string>& candidates);

/// "\nDid you mean this?\n\tget\n", or nothing.
std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace mc::cli
