#pragma once
// Prints items as `get` does: tables by kind, documents or names.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "cli/listing.hpp"
#include "cli/print/columns.hpp"
#include "cli/print/format.hpp"

namespace mc::cli {

struct ItemStyle {
  Format format = Format::Table;
  bool headers = true;
  bool withKind = false;       ///< "pod/NAME" in the table
  bool withNamespace = false;  ///< NAMESPACE column
  bool showLabels = false;
  std::vector<std::string> labelColumns;  ///< -L
};

/// The lines of one kind's table; keeps the width of its columns from call to call.
class ItemTable {
 public:
  ItemTable(Kind kind, ItemStyle style);
  /// The rows, with the header at the first call.
  std::string print(const std::vector<Item>& items);

 private:
  [[nodiscard]] std::vector<std::string> headerCells() const;
  [[nodiscard]] std::vector<std::string> rowCells(const Item& item) const;

  const Kind kind_;
  const ItemStyle style_;
  bool headerDue_;
  Columns columns_ = Columns::table();
};

/// "pod/NAME" lines.
std::string printNames(const std::vector<Item>& items);

/// "a=1,b=2", or "<none>".
std::string labelsText(const api::StringMap& labels);

}  // namespace mc::cli
