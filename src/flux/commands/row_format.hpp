#pragma once
// Flux's output formats: Python's format strings with Flux's additions (flux-jobs(1), OUTPUT
// FORMAT).
//
//   {id.f58:>12} ?:{queue:<8.8} {name:<10.10+} {nnodes:>6h} {contextual_time!F:>8h}
//
// A field is NAME, !CONVERSION and :SPEC. Before it, "?:" drops the column where it is empty in all
// rows, "+:" widens it to its longest value, "?+:" does both. At the end of SPEC, "h" shows a
// hyphen for an empty value and "+" marks a cut one. Conversions: !D (ISO time), !d (time by a
// strftime format as SPEC, "::" before width), !F (duration), !H (hours:minutes:seconds), !P
// (percent).
//
// Thread-safety: values.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::commands {

/// The value of a field; monostate prints as nothing.
using FieldValue = std::variant<std::monostate, bool, int64_t, double, std::string>;

class RowFormat {
 public:
  /// EINVAL for unbalanced braces, bad specs and unknown conversions.
  static base::Result<RowFormat> parse(std::string_view text);

  /// The names of all fields, in order.
  [[nodiscard]] std::vector<std::string> fields() const;

  /// A table: the rows, each a function from field name to value; and a header with `title` of each
  /// field, unless `title` is null. Lines end with newlines.
  using Row = std::function<FieldValue(const std::string& field)>;
  using Title = std::function<std::string(const std::string& field)>;
  [[nodiscard]] std::string header(const std::vector<Row>& rows, const Title& title) const;
  [[nodiscard]] std::vector<std::string> lines(const std::vector<Row>& rows,
                                               const Title& title) const;

 private:
  struct Spec {
    char fill = ' ';
    char align = 0;  ///< '<', '>', '^'; 0: by type
    size_t width = 0;
    int precision = -1;
    char type = 0;
    bool sign = false;
    bool hyphen = false;    ///< h
    bool marksCut = false;  ///< +
    std::string time;       ///< strftime format of !d
  };
  struct Part {
    std::string literal;  ///< text before the field
    std::string name;     ///< empty: only text
    char conversion = 0;
    Spec spec;
    bool collapses = false;  ///< ?:
    bool widens = false;     ///< +:
  };

  static base::Result<Part> parseField(std::string_view text);
  static base::Result<Spec> parseSpec(std::string_view text, char conversion);
  static void takePrefix(Part& part);
  static std::string bare(const Part& part, const FieldValue& value);
  static std::string padded(const Part& part, std::string text, bool number, size_t width);
  [[nodiscard]] std::vector<Part> visible(const std::vector<Row>& rows, const Title& title) const;

  std::vector<Part> parts_;
};

/// The number of columns a text takes on a terminal, one per character.
size_t displayWidth(std::string_view text);
/// The first `count` characters of UTF-8 text.
std::string_view firstCharacters(std::string_view text, size_t count);
/// The width of the terminal that standard output is; $COLUMNS or 80 where it is none.
size_t terminalColumns();

}  // namespace mc::flux::commands
