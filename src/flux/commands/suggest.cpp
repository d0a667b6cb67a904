#include "flux/commands/suggest.hpp"

#include <algorithm>

#include "base/edit_distance.hpp"

namespace mc::flux::commands {

std::vector<std::string_view> similarNames(std::string_view wrong,
                                           const std::vector<std::string_view>& names) {
  if (wrong.size() > 64) return {};
  size_t best = std::max<size_t>(wrong.size() / 2, 1);
  std::vector<std::string_view> similar;
  for (const std::string_view name : names) {
    const size_t d = base::editDistance(wrong, name);
    if (d > best) continue;
    if (d < best) similar.clear();
    best = d;
    similar.push_back(name);
  }
  return similar;
}

}  // namespace mc::flux::commands
