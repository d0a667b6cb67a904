#include "cli/print/columns.hpp"

#include <algorithm>

namespace mc::cli {

size_t displayWidth(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void Columns::measureColumn(size_t column, std::vector<std::vector<size_t>>& widths) {
  const auto has = [&](size_t line) { return lines_[line].size() > column + 1; };
  for (size_t first = 0; first < lines_.size();) {
    size_t end = first;
    size_t width = std::max(minWidth_, column < kept_.size() ? kept_[column] : 0);
    for (; end < lines_.size() && has(end); ++end)
      width = std::max(width, displayWidth(lines_[end][column]) + padding_);
    for (size_t line = first; line < end; ++line) widths[line].push_back(width);
    first = std::max(end, first + 1);
  }
}

std::string Columns::take(bool keepWidths) {
  size_t columns = 0;
  for (const auto& line : lines_) columns = std::max(columns, line.size());
  std::vector<std::vector<size_t>> widths(lines_.size());
  for (size_t column = 0; column + 1 < columns; ++column) measureColumn(column, widths);
  std::string text;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].empty()) continue;
    for (size_t cell = 0; cell < lines_[i].size(); ++cell) {
      text += lines_[i][cell];
      if (cell < widths[i].size())
        text.append(widths[i][cell] - displayWidth(lines_[i][cell]), ' ');
    }
    text += '\n';
    if (keepWidths && widths[i].size() > kept_.size()) kept_.resize(widths[i].size());
    for (size_t cell = 0; keepWidths && cell < widths[i].size(); ++cell)
      kept_[cell] = std::max(kept_[cell], widths[i][cell]);
  }
  lines_.clear();
  return text;
}

}  // namespace mc::cli
