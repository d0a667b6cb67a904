#include "flux/formats/line_labels.hpp"

namespace mc::flux::formats {

std::string LineLabels::label(std::string_view stream, std::string_view rank,
                              std::string_view data) {
  bool& start =
      atLineStart_.try_emplace({std::string(stream), std::string(rank)}, true).first->second;
  std::string out;
  while (!data.empty()) {
    const size_t newline = data.find('\n');
    const size_t length = newline == std::string_view::npos ? data.size() : newline + 1;
    if (start) out.append(rank).append(": ");
    out += data.substr(0, length);
    start = newline != std::string_view::npos;
    data.remove_prefix(length);
  }
  return out;
}

}  // namespace mc::flux::formats
