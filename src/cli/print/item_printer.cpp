#include "cli/print/item_printer.hpp"

#include <algorithm>

namespace mc::cli {

namespace {

void append(std::vector<std::string>& cells, const std::vector<std::string>& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

/// The title of a -L column: what follows the last slash, in capitals.
std::string labelTitle(const std::string& label) {
  const size_t slash = label.rfind('/');
  std::string title = slash == std::string::npos ? label : label.substr(slash + 1);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return title;
}

}  // namespace

std::string labelsText(const api::StringMap& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text.empty() ? "<none>" : text;
}

ItemTable::ItemTable(Kind kind, ItemStyle style)
    : kind_(kind), style_(std::move(style)), headerDue_(style_.headers) {}

std::vector<std::string> ItemTable::headerCells() const {
  std::vector<std::string> cells;
  if (style_.withNamespace) cells.emplace_back("NAMESPACE");
  append(cells, header(kind_).cells);
  if (style_.format == Format::Wide) append(cells, header(kind_).wideCells);
  for (const auto& label : style_.labelColumns) cells.push_back(labelTitle(label));
  if (style_.showLabels) cells.emplace_back("LABELS");
  return cells;
}

std::vector<std::string> ItemTable::rowCells(const Item& item) const {
  std::vector<std::string> cells;
  if (style_.withNamespace) cells.push_back(item.ns);
  append(cells, item.cells);
  if (style_.withKind)
    cells[style_.withNamespace ? 1 : 0] = objectName(item.kind, item.cells.front());
  if (style_.format == Format::Wide) append(cells, item.wideCells);
  for (const auto& label : style_.labelColumns) {
    const auto found = item.labels.find(label);
    cells.push_back(found == item.labels.end() ? "" : found->second);
  }
  if (style_.showLabels) cells.push_back(labelsText(item.labels));
  return cells;
}

std::string ItemTable::print(const std::vector<Item>& items) {
  if (headerDue_) columns_.line(headerCells());
  headerDue_ = false;
  for (const auto& item : items) columns_.line(rowCells(item));
  return columns_.take(true);
}

std::string printNames(const std::vector<Item>& items) {
  std::string text;
  for (const auto& item : items) text += objectName(item.kind, item.name) + "\n";
  return text;
}

}  // namespace mc::cli
