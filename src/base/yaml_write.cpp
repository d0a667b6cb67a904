#include "base/yaml_write.hpp"

#include <yaml.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <vector>

#include "base/yaml_scalar.hpp"

namespace mc::base {
namespace {

namespace json = boost::json;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (static_cast<unsigned char>(c) & 0x80) != 0 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

std::string_view takeNumber(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && isDigit(text[end])) ++end;
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.size(), number.find_first_not_of('0')));
  return number;
}

/// The order of keys in kubectl's output: letters after everything else, numbers by their value.
bool keyLess(std::string_view a, std::string_view b) {
  const std::string_view wholeA = a;
  const std::string_view wholeB = b;
  while (!a.empty() && !b.empty()) {
    if (isDigit(a[0]) && isDigit(b[0])) {
      const auto x = takeNumber(a);
      const auto y = takeNumber(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a[0] != b[0]) return isLetter(a[0]) == isLetter(b[0]) ? a[0] < b[0] : isLetter(b[0]);
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() != b.size() ? a.size() < b.size() : wholeA < wholeB;
}

// Texts that we read as text, but other readers of YAML 1.1 don't.

/// 12:30 is a number of base 60.
bool isBase60(std::string_view text) {
  return text.find(':') != std::string_view::npos &&
         text.find_first_not_of("+-0123456789_:.") == std::string_view::npos;
}

/// 2023-03-18T05:01:31Z, or a part of it from the year on.
bool isTimestamp(std::string_view text) {
  constexpr size_t kYear = 4;
  const size_t digits = std::min(text.size(), text.find_first_not_of("0123456789"));
  return digits == kYear && text.size() > kYear + 1 && text[kYear] == '-' &&
         text.find_first_not_of("0123456789-:.+ TtZ") == std::string_view::npos;
}

bool isNoNumber(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" ||
         text == ".NAN";
}

/// libyaml's emitter, collecting into a string. Its events can't fail but for lack of memory.
class Writer {
 public:
  Writer() {
    yaml_emitter_initialize(&emitter_);
    yaml_emitter_set_unicode(&emitter_, 1);
    yaml_emitter_set_output(&emitter_, append, &text_);
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    yaml_emitter_emit(&emitter_, &event);
    yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1);
    yaml_emitter_emit(&emitter_, &event);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { yaml_emitter_delete(&emitter_); }

  std::string finish() {
    yaml_event_t event;
    yaml_document_end_event_initialize(&event, 1);
    yaml_emitter_emit(&emitter_, &event);
    yaml_stream_end_event_initialize(&event);
    yaml_emitter_emit(&emitter_, &event);
    return std::move(text_);
  }

  void value(const json::value& value) {
    if (const auto* object = value.if_object()) return mapping(*object);
    if (const auto* array = value.if_array()) return sequence(*array);
    if (const auto* string = value.if_string()) return text(*string);
    if (value.is_double()) return scalar(floatText(value.get_double()), YAML_PLAIN_SCALAR_STYLE);
    scalar(json::serialize(value), YAML_PLAIN_SCALAR_STYLE);
  }

 private:
  static int append(void* target, unsigned char* bytes, size_t size) {
    static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(bytes), size);
    return 1;
  }

  static std::string floatText(double number) {
    YamlScalar scalar;
    scalar.type = YamlType::Float;
    scalar.number = number;
    return scalar.canonical();
  }

  void mapping(const json::object& object) {
    std::vector<std::string_view> keys;
    for (const auto& entry : object) keys.push_back(entry.key());
    std::sort(keys.begin(), keys.end(), keyLess);
    yaml_event_t event;
    yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE);
    yaml_emitter_emit(&emitter_, &event);
    for (const auto key : keys) {
      text(key);
      value(object.at(key));
    }
    yaml_mapping_end_event_initialize(&event);
    yaml_emitter_emit(&emitter_, &event);
  }

  void sequence(const json::array& array) {
    yaml_event_t event;
    yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE);
    yaml_emitter_emit(&emitter_, &event);
    for (const auto& item : array) value(item);
    yaml_sequence_end_event_initialize(&event);
    yaml_emitter_emit(&emitter_, &event);
  }

  /// The emitter itself takes another style where the wanted one can't hold the text.
  void text(std::string_view text) {
    if (text.find('\n') != std::string_view::npos) return scalar(text, YAML_LITERAL_SCALAR_STYLE);
    const bool other = resolveScalar(text).type != YamlType::String || text == "<<" ||
                       isBase60(text) || isTimestamp(text) || isNoNumber(text);
    scalar(text, other ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE);
  }

  void scalar(std::string_view text, yaml_scalar_style_t style) {
    if (!emitScalar(text, style)) emitScalar(asciiOnly(text), style);
  }

  /// False if `text` isn't UTF-8.
  bool emitScalar(std::string_view text, yaml_scalar_style_t style) {
    yaml_event_t event;
    const auto* bytes = reinterpret_cast<const yaml_char_t*>(text.empty() ? "" : text.data());
    if (yaml_scalar_event_initialize(&event, nullptr, nullptr, bytes, static_cast<int>(text.size()),
                                     1, 1, style) == 0) {
      return false;
    }
    yaml_emitter_emit(&emitter_, &event);
    return true;
  }

  static std::string asciiOnly(std::string_view text) {
    std::string result(text);
    std::replace_if(result.begin(), result.end(), [](unsigned char c) { return c >= 0x80; }, '?');
    return result;
  }

  yaml_emitter_t emitter_{};
  std::string text_;
};

}  // namespace

std::string toYaml(const boost::json::value& value) {
  Writer writer;
  writer.value(value);
  return writer.finish();
}

}  // namespace mc::base
