#include "cli/print/change_printer.hpp"

namespace mc::cli {

namespace {

/// Everything shown but the age.
std::string fingerprint(const Item& item) {
  std::string text = labelsText(item.labels);
  for (size_t i = 0; i < item.cells.size(); ++i)
    if (i != header(item.kind).ageCell) text += '\n' + item.cells[i];
  for (const auto& cell : item.wideCells) text += '\n' + cell;
  return text;
}

}  // namespace

std::string ChangePrinter::print(const Item& item) {
  if (skip_) return "";
  switch (format_) {
    case Format::Table:
    case Format::Wide:
      return table_.print({item});
    case Format::Name:
      return printNames({item});
    case Format::Yaml:
    case Format::Json:
      return documents_.next(item.object());
  }
  return "";
}

std::string ChangePrinter::changes(const std::vector<Item>& items) {
  std::string text;
  std::map<std::string, Item> current;
  for (const auto& item : items) {
    const std::string key = item.ns + "/" + item.name;
    const auto before = known_.find(key);
    if (before == known_.end() || fingerprint(before->second) != fingerprint(item))
      text += print(item);
    current.emplace(key, item);
  }
  for (const auto& [key, gone] : known_)
    if (!current.contains(key)) text += print(gone);
  known_ = std::move(current);
  skip_ = false;
  return text;
}

}  // namespace mc::cli
