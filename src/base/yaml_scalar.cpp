#include "base/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace mc::base {
namespace {

bool oneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool isNull(std::string_view text) {
  return oneOf(text, {"", "~", "null", "Null", "NULL"});
}

std::optional<bool> asBoolean(std::string_view text) {
  if (oneOf(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"}))
    return true;
  if (oneOf(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"}))
    return false;
  return std::nullopt;
}

/// Takes the base's prefix off `digits`: 0x, 0b, 0o or a leading 0.
int takeBase(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char mark = static_cast<char>(digits[1] | 0x20);
  const int base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
  digits.remove_prefix(base == 8 && mark != 'o' ? 1 : 2);
  return base;
}

std::optional<int64_t> asInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = takeBase(text);
  uint64_t magnitude = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, magnitude, base);
  if (text.empty() || stop != end || error != std::errc()) return std::nullopt;
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (negative && magnitude <= kLimit) return static_cast<int64_t>(-magnitude);
  if (!negative && magnitude < kLimit) return static_cast<int64_t>(magnitude);
  return std::nullopt;
}

/// [-+]?(.digits|digits[.digits])([eE][-+]?digits)?
bool looksLikeFloat(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  const auto sign = [&] { at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1 : 0; };
  sign();
  const size_t whole = digits();
  size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (whole + fraction == 0) return false;
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    sign();
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::optional<double> asFloat(std::string_view text) {
  if (!looksLikeFloat(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  return number == 0 ? 0 : number;  // no -0, which JSON's integers don't have
}

YamlScalar resolveNumber(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  if (const auto integer = asInteger(plain))
    return {YamlType::Integer, false, *integer, static_cast<double>(*integer)};
  if (const auto number = asFloat(plain)) return {YamlType::Float, false, 0, *number};
  return {};
}

}  // namespace

std::string_view describe(YamlType type) {
  constexpr std::array<std::string_view, 7> kNames = {
      "null", "a boolean", "a whole number", "a decimal number", "a string", "a list", "a mapping"};
  return kNames[static_cast<size_t>(type)];
}

std::string YamlScalar::canonical() const {
  if (type == YamlType::Boolean) return boolean ? "true" : "false";
  if (type == YamlType::Integer) return std::to_string(integer);
  if (type != YamlType::Float) return {};
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

YamlScalar resolveScalar(std::string_view text) {
  if (isNull(text)) return {YamlType::Null};
  if (const auto boolean = asBoolean(text)) return {YamlType::Boolean, *boolean};
  // Anything longer than this is no number that anybody meant.
  constexpr size_t kLongestNumber = 128;
  const bool mayBeNumber =
      text.size() <= kLongestNumber &&
      std::string_view("+-.0123456789").find(text[0]) != std::string_view::npos;
  return mayBeNumber ? resolveNumber(text) : YamlScalar{};
}

}  // namespace mc::base
