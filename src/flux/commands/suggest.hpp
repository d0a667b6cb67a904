#pragma once
// "The most similar command is ...".
//
// Thread-safety: pure functions.

#include <string_view>
#include <vector>

namespace mc::flux::commands {

/// The names that are closest to a misspelt one, if any is close enough to be meant.
std::vector<std::string_view> similarNames(std::string_view wrong,
                                           const std::vector<std::string_view>& names);

}  // namespace mc::flux::commands
