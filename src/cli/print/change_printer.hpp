#pragma once
// Prints what has changed between listings, as `get --watch` does.
//
// Thread-safety: none.

#include <map>
#include <string>
#include <vector>

#include "cli/print/item_printer.hpp"

namespace mc::cli {

class ChangePrinter {
 public:
  /// `skipFirst`: the first listing is taken as known and not printed (--watch-only).
  ChangePrinter(Kind kind, const ItemStyle& style, bool skipFirst)
      : format_(style.format), table_(kind, style), documents_(style.format), skip_(skipFirst) {}

  /// The items that are new, changed or gone since the last call. Ageing is no change.
  std::string changes(const std::vector<Item>& items);

 private:
  std::string print(const Item& item);

  const Format format_;
  ItemTable table_;
  DocumentStream documents_;
  std::map<std::string, Item> known_;
  bool skip_;
};

}  // namespace mc::cli
