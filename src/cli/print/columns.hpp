#pragma once
// Aligned columns, as kubectl's tables and descriptions have them.
//
// A cell that is followed by another one is padded to the width of its column. A column reaches
// over consecutive lines that have it; a line without it ends it (the elastic tab stops of Go's
// text/tabwriter, which kubectl prints with).
//
// Thread-safety: none.

#include <string>
#include <string_view>
#include <vector>

namespace mc::cli {

class Columns {
 public:
  /// kubectl's tables: minWidth 6, padding 3; its descriptions: minWidth 0, padding 2.
  Columns(size_t minWidth, size_t padding) : minWidth_(minWidth), padding_(padding) {}
  static Columns table() { return {6, 3}; }
  static Columns description() { return {0, 2}; }

  /// Adds a line of cells.
  void line(std::vector<std::string> cells) { lines_.push_back(std::move(cells)); }

  /// Ends all columns: what follows is aligned on its own.
  void breakColumns() { line({}); }

  /// Takes the lines added so far as text. With `keepWidths` the next ones are at least as wide, so
  /// that a table may grow line by line (get --watch).
  std::string take(bool keepWidths = false);

 private:
  void measureColumn(size_t column, std::vector<std::vector<size_t>>& widths);

  size_t minWidth_;
  size_t padding_;
  std::vector<std::vector<std::string>> lines_;
  std::vector<size_t> kept_;
};

/// How many columns of a terminal `text` takes: its code points, for UTF-8.
size_t displayWidth(std::string_view text);

}  // namespace mc::cli
