#include "base/yaml_syntax.hpp"

#include <array>
#include <cstring>

namespace mc::base {
namespace {

/// Line and column of a byte of `text`.
YamlPlace placeAt(std::string_view text, size_t offset) {
  YamlPlace place{1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      place = {place.line + 1, 1};
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++place.column;
    }
  }
  return place;
}

std::string_view lineAt(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  return text.substr(0, text.find('\n'));
}

/// A tab before the first character of a line: the commonest error that nobody sees.
bool indentedWithTab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

struct Advice {
  std::string_view problem;  ///< of libyaml, or a part of it
  std::string_view cure;
};

constexpr std::array<Advice, 9> kAdvice = {{
    {"mapping values are not allowed",
     "put a value that holds `: ` in quotes, and see that the line is "
     "not indented too far"},
    {"did not find expected key", "all keys of a mapping begin in the same column"},
    {"did not find expected '-' indicator",
     "all items of a list begin with `- ` in the same column"},
    {"block sequence entries are not allowed",
     "begin the list on a line of its own, below its key"},
    {"cannot start any token", "put a value that begins with this character in quotes"},
    {"could not find expected ':'", "write `key: value`, with a space after the colon"},
    {"found unexpected end of stream", "close the quotes or brackets opened before"},
    {"unknown escape character",
     "in double quotes a backslash is written \\\\; single quotes take "
     "it as it is"},
    {"invalid Unicode character escape", "write the character itself"},
}};

std::string cureFor(std::string_view problem) {
  for (const auto& advice : kAdvice) {
    if (problem.find(advice.problem) != std::string_view::npos) return std::string(advice.cure);
  }
  return {};
}

}  // namespace

YamlPlace placeOf(const yaml_mark_t& mark) {
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

std::string_view viewOf(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void YamlEvent::clear() {
  yaml_event_delete(&event_);
  event_ = {};
}

YamlParser::YamlParser(std::string_view text) : text_(text) {
  yaml_parser_initialize(&parser_);
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
}

YamlParser::~YamlParser() {
  yaml_parser_delete(&parser_);
}

bool YamlParser::next(YamlEvent& event) {
  event.clear();
  return yaml_parser_parse(&parser_, event.get()) == 1;
}

std::optional<YamlError> YamlParser::error() const {
  if (parser_.error == YAML_NO_ERROR) return std::nullopt;
  if (parser_.error == YAML_READER_ERROR) return readerError();
  return syntaxError();
}

YamlError YamlParser::readerError() const {
  const YamlPlace place = placeAt(text_, parser_.problem_offset);
  const bool control = std::strstr(parser_.problem, "control") != nullptr;
  if (control && parser_.problem_value == 0)
    return {place, "", "a NUL byte: this is no text file", "save it as UTF-8 text"};
  if (control) return {place, "", "a control character", "remove it"};
  return {place, "", "not UTF-8 text", "save the file as UTF-8"};
}

YamlError YamlParser::syntaxError() const {
  const std::string_view problem = parser_.problem == nullptr ? "out of memory" : parser_.problem;
  const YamlPlace place = placeOf(parser_.problem_mark);
  if (indentedWithTab(lineAt(text_, place.line)))
    return {place, "", "a tab in the indentation", "indent with spaces"};
  std::string message = "YAML syntax: " + std::string(problem);
  const YamlPlace begin = placeOf(parser_.context_mark);
  if (parser_.context != nullptr && begin.line < place.line)
    message +=
        ", " + std::string(parser_.context) + " that began on line " + std::to_string(begin.line);
  return {place, "", std::move(message), cureFor(problem)};
}

}  // namespace mc::base
