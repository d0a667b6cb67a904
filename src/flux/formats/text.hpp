#pragma once
// Lists in one text: "a,b,c".
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

namespace mc::flux::formats {

/// The parts between separators; one empty part for an empty text.
inline std::vector<std::string> splitList(std::string_view text, char separator = ',') {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace mc::flux::formats
