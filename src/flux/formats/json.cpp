#include "flux/formats/json.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "flux/formats/exact_json_parser.hpp"
#include "flux/formats/json_arena.hpp"
#include "flux/formats/json_text.hpp"

namespace mc::flux::formats {

namespace {

/// Eight bytes at once: not 0 if one of them must be escaped in a string.
uint64_t toEscape(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const auto isZero = [](uint64_t v) { return (v - kOnes) & ~v; };
  const uint64_t control = (bytes - kOnes * 0x20) & ~bytes;
  return (control | isZero(bytes ^ kOnes * '"') | isZero(bytes ^ kOnes * '\\')) & kOnes * 0x80;
}

/// How many bytes of `text` are before the first that must be escaped.
size_t plainLength(std::string_view text) {
  size_t i = 0;
  for (uint64_t bytes; i + sizeof bytes <= text.size(); i += sizeof bytes) {
    std::memcpy(&bytes, text.data() + i, sizeof bytes);
    if (toEscape(bytes) != 0) break;
  }
  for (; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == '"' || c == '\\') break;
  }
  return i;
}

void appendEscaped(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "\\u%04x", c);
  out += buffer;
}

class Writer {
 public:
  explicit Writer(JsonStyle style)
      : comma_(style == JsonStyle::Spaced ? ", " : ","),
        colon_(style == JsonStyle::Spaced ? ": " : ":") {}

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        out_ += "null";
        break;
      case json::kind::bool_:
        out_ += value.get_bool() ? "true" : "false";
        break;
      case json::kind::int64:
        writeInteger(value.get_int64());
        break;
      case json::kind::uint64:
        writeInteger(value.get_uint64());
        break;
      case json::kind::double_:
        out_ += formatDouble(value.get_double());
        break;
      case json::kind::string:
        write(std::string_view(value.get_string()));
        break;
      case json::kind::array:
        write(value.get_array());
        break;
      case json::kind::object:
        write(value.get_object());
        break;
    }
  }

  void write(const json::object& object) {
    out_ += '{';
    const char* separator = "";
    for (const auto& [key, member] : object) {
      out_ += separator;
      write(std::string_view(key));
      out_ += colon_;
      write(member);
      separator = comma_;
    }
    out_ += '}';
  }

  std::string take() { return std::move(out_); }

 private:
  template <class Integer>
  void writeInteger(Integer number) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    out_.append(buffer, end);
  }

  void write(const json::array& array) {
    out_ += '[';
    const char* separator = "";
    for (const auto& element : array) {
      out_ += separator;
      write(element);
      separator = comma_;
    }
    out_ += ']';
  }

  void write(std::string_view text) { appendJsonString(text, out_); }

  const char* comma_;
  const char* colon_;
  std::string out_;
};

tl::unexpected<base::Error> noMember(std::string_view type, std::string_view key) {
  return base::fail(EPROTO, "payload has no " + std::string(type) + " '" + std::string(key) + "'");
}

base::Result<json::value> parseInto(json::storage_ptr storage, std::string_view text) {
  if (text.ends_with('\0')) text.remove_suffix(1);
  json::error_code error;
  json::basic_parser<ExactJsonHandler> parser{json::parse_options{}};
  parser.handler().stack.reset(std::move(storage));
  const size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) return base::fail(EPROTO, "bad JSON: " + error.message());
  return parser.handler().stack.release();
}

base::Result<json::object> parseObjectInto(json::storage_ptr storage, std::string_view text) {
  MC_TRY_ASSIGN(json::value value, parseInto(std::move(storage), text));
  if (!value.is_object()) return base::fail(EPROTO, "bad JSON: not an object");
  return std::move(value.get_object());
}

}  // namespace

void appendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (size_t plain; (plain = plainLength(text)) < text.size(); text.remove_prefix(plain + 1)) {
    out.append(text.substr(0, plain));
    appendEscaped(static_cast<unsigned char>(text[plain]), out);
  }
  out.append(text);
  out += '"';
}

base::Result<json::value> parseJson(std::string_view text) {
  return parseInto({}, text);
}

base::Result<json::object> parseJsonObject(std::string_view text) {
  return parseObjectInto({}, text);
}

base::Result<json::object> parseJsonObjectAtOnce(std::string_view text) {
  // Values take several times the room of their text.
  return parseObjectInto(json::make_shared_resource<json::monotonic_resource>(4 * text.size()),
                         text);
}

std::string toJson(const json::value& value, JsonStyle style) {
  Writer writer(style);
  writer.write(value);
  return writer.take();
}

std::string toJson(const json::object& value, JsonStyle style) {
  Writer writer(style);
  writer.write(value);
  return writer.take();
}

std::string formatDouble(double value) {
  if (!std::isfinite(value)) return "null";  // JSON has no infinity
  char buffer[40];
  const double size = std::fabs(value);
  const bool fixed = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
  std::string out(buffer, end);
  if (fixed && out.find('.') == std::string::npos) out += ".0";
  return out;
}

const json::value* find(const json::object& object, std::string_view key) {
  return object.if_contains(key);
}

const json::object* findObject(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  return value ? value->if_object() : nullptr;
}

const json::array* findArray(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  return value ? value->if_array() : nullptr;
}

const json::string* findString(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  return value ? value->if_string() : nullptr;
}

base::Result<double> toDouble(const json::value& value) {
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  return base::fail(EPROTO, "not a number");
}

base::Result<int64_t> toInteger(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_uint64(); number && *number <= INT64_MAX)
    return static_cast<int64_t>(*number);
  return base::fail(EPROTO, "not an integer");
}

base::Result<std::string_view> getString(const json::object& object, std::string_view key) {
  if (const auto* text = findString(object, key)) return std::string_view(*text);
  return noMember("string", key);
}

base::Result<int64_t> getInteger(const json::object& object, std::string_view key) {
  if (const auto* value = find(object, key))
    if (auto number = toInteger(*value)) return *number;
  return noMember("integer", key);
}

base::Result<uint64_t> getUnsigned(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value) {
    if (const auto* number = value->if_uint64()) return *number;
    if (const auto* number = value->if_int64(); number && *number >= 0)
      return static_cast<uint64_t>(*number);
  }
  return noMember("unsigned integer", key);
}

base::Result<double> getDouble(const json::object& object, std::string_view key) {
  if (const auto* value = find(object, key))
    if (auto number = toDouble(*value)) return *number;
  return noMember("number", key);
}

base::Result<bool> getBool(const json::object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value && value->is_bool()) return value->get_bool();
  return noMember("boolean", key);
}

}  // namespace mc::flux::formats
