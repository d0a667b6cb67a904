#include "flux/commands/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mc::flux::commands {

namespace {

// Levenshtein distance.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string_view> similarNames(std::string_view wrong,
                                           const std::vector<std::string_view>& names) {
  if (wrong.size() > 64) return {};
  size_t best = std::max<size_t>(wrong.size() / 2, 1);
  std::vector<std::string_view> similar;
  for (const std::string_view name : names) {
    const size_t d = distance(wrong, name);
    if (d > best) continue;
    if (d < best) similar.clear();
    best = d;
    similar.push_back(name);
  }
  return similar;
}

}  // namespace mc::flux::commands
