#pragma once
// libyaml's event parser with owners for its memory and errors that say what to do. Internal to
// base/yaml.hpp.
//
// Thread-safety: none; one parser, one thread.

#include <yaml.h>

#include <optional>
#include <string_view>

#include "base/yaml.hpp"

namespace mc::base {

YamlPlace placeOf(const yaml_mark_t& mark);

/// A libyaml name; empty for null.
std::string_view viewOf(const yaml_char_t* text);

class YamlEvent {
 public:
  YamlEvent() = default;
  YamlEvent(const YamlEvent&) = delete;
  YamlEvent& operator=(const YamlEvent&) = delete;
  ~YamlEvent() { clear(); }

  void clear();
  [[nodiscard]] yaml_event_t* get() { return &event_; }
  const yaml_event_t& operator*() const { return event_; }

 private:
  yaml_event_t event_{};
};

class YamlParser {
 public:
  /// `text` must outlive the parser.
  explicit YamlParser(std::string_view text);
  YamlParser(const YamlParser&) = delete;
  YamlParser& operator=(const YamlParser&) = delete;
  ~YamlParser();

  /// False at an error. After the stream's end it must not be called again.
  bool next(YamlEvent& event);

  /// What stopped next(), with place and cure.
  [[nodiscard]] std::optional<YamlError> error() const;

 private:
  [[nodiscard]] YamlError readerError() const;
  [[nodiscard]] YamlError syntaxError() const;

  yaml_parser_t parser_;
  std::string_view text_;
};

}  // namespace mc::base
