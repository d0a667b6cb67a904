#include "timeline/canvas.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace mc::timeline {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Length of the character at the front; 0: no valid one (RFC 3629), or one that controls.
size_t characterAt(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  uint32_t code = first & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    if (!isContinuation(text[i])) return 0;
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  // C1 controls; what turns the direction of writing; what XML forbids.
  const bool controls = code < 0xa0 || (code >= 0x200b && code <= 0x200f) ||
                        (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
                        code == 0xfeff || code == 0xfffe || code == 0xffff;
  return overlong || surrogate || code > 0x10ffff || controls ? 0 : length;
}

std::string_view entityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string cleaned(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const size_t length = characterAt(text);
    clean += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : cleaned(text)) {
    const std::string_view entity = entityOf(c);
    if (entity.empty())
      safe += c;
    else
      safe += entity;
  }
  return safe;
}

size_t lengthOf(std::string_view text) {
  size_t length = 0;
  for (const char c : text) length += isContinuation(c) ? 0 : 1;
  return length;
}

std::string shortened(std::string_view text, size_t length) {
  std::string clean = cleaned(text);
  if (lengthOf(clean) <= length) return clean;
  size_t end = 0;
  for (size_t left = length; end < clean.size(); ++end)
    if (!isContinuation(clean[end]) && left-- <= 1) break;
  return clean.substr(0, end) + (length == 0 ? "" : "…");
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", std::isfinite(value) ? value : 0);
  std::string short_ = text;
  short_.erase(short_.find_last_not_of('0') + 1);
  if (short_.back() == '.') short_.pop_back();
  return short_ == "-0" ? "0" : short_;
}

}  // namespace mc::timeline
