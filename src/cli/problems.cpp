#include "cli/problems.hpp"

#include <algorithm>

namespace mc::cli {

namespace {

constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kGreen = "\x1b[1;32m";
constexpr const char* kPlain = "\x1b[0m";

std::string_view sourceLine(std::string_view source, int number) {
  for (int line = 1; line < number; ++line) {
    const size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  return source.substr(0, source.find_first_of("\r\n"));
}

bool startsCharacter(char c) {
  return (c & 0xC0) != 0x80;
}

/// The part of `line` that begins at character `first` and is at most `width` characters long, with
/// nothing in it that a terminal would act on.
std::string clip(std::string_view line, size_t first, size_t width) {
  std::string text;
  size_t character = 0;
  for (const char c : line) {
    if (startsCharacter(c)) ++character;
    if (character <= first) continue;
    if (character > first + width) break;
    const bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    text += control ? ' ' : c;
  }
  return text;
}

/// The source line and a caret below the column.
std::string excerpt(std::string_view line, int column, const ProblemStyle& style) {
  constexpr size_t kIndent = 4;
  const size_t width = static_cast<size_t>(std::max(style.columns, 40)) - kIndent - 1;
  const auto place = static_cast<size_t>(column - 1);
  const size_t first = place < width ? 0 : place - width / 2;
  const std::string indent(kIndent, ' ');
  const std::string caret = style.colour ? std::string(kGreen) + "^" + kPlain : "^";
  return indent + clip(line, first, width) + "\n" + indent + std::string(place - first, ' ') +
         caret + "\n";
}

}  // namespace

std::string formatProblems(const std::vector<api::Problem>& problems, std::string_view file,
                           std::string_view source, const ProblemStyle& style) {
  std::string text;
  for (const auto& problem : problems) {
    if (style.colour) text += std::string(kRed) + "error:" + kPlain + " ";
    text += problem.text(file) + "\n";
    const bool placed = problem.line > 0 && problem.column > 0;
    const std::string_view line = placed ? sourceLine(source, problem.line) : "";
    if (style.terminal && !line.empty()) text += excerpt(line, problem.column, style);
  }
  return text;
}

}  // namespace mc::cli
