#include "cli/suggest.hpp"

#include <algorithm>

#include "base/edit_distance.hpp"

namespace mc::cli {

namespace {
constexpr size_t kMaxDistance = 2;  ///< as kubectl's
}

std::vector<std::string> suggestions(std::string_view word,
                                     const std::vector<std::string>& candidates) {
  std::vector<std::string> found;
  if (word.empty()) return found;
  // Of a word of two letters nothing would be left by two edits.
  const size_t limit = std::clamp<size_t>(word.size() / 2, 1, kMaxDistance);
  for (const auto& candidate : candidates)
    if (candidate.starts_with(word) || base::editDistance(word, candidate) <= limit)
      found.push_back(candidate);
  return found;
}

std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  std::string text;
  for (const auto& candidate : suggestions(word, candidates)) text += "\t" + candidate + "\n";
  return text.empty() ? "" : "\nDid you mean this?\n" + text;
}

}  // namespace mc::cli
