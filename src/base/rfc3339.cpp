#include "base/rfc3339.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace mc::base {

namespace {

constexpr size_t kSecondsEnd = 19;  // "2026-11-23T05:54:32"

bool number(std::string_view text, size_t at, size_t size, int& value) {
  if (at + size > text.size()) return false;
  const char* end = text.data() + at + size;
  return std::from_chars(text.data() + at, end, value).ptr == end;
}

double fractionOf(std::string_view digits) {
  double value = 0;
  double unit = 0.1;
  for (const char c : digits) {
    value += unit * (c - '0');
    unit /= 10;
  }
  return value;
}

/// "Z", "+02:00" or "-05:30" in seconds east of UTC.
bool offsetOf(std::string_view zone, int& seconds) {
  seconds = 0;
  if (zone == "Z") return true;
  int hours = 0;
  int minutes = 0;
  if (zone.size() != 6 || !number(zone, 1, 2, hours) || !number(zone, 4, 2, minutes)) return false;
  seconds = (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

}  // namespace

double parseTime(std::string_view text) {
  std::tm parts{};
  const bool read = number(text, 0, 4, parts.tm_year) && number(text, 5, 2, parts.tm_mon) &&
                    number(text, 8, 2, parts.tm_mday) && number(text, 11, 2, parts.tm_hour) &&
                    number(text, 14, 2, parts.tm_min) && number(text, 17, 2, parts.tm_sec);
  if (!read || parts.tm_year < 1970) return 0;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  size_t zone = kSecondsEnd;
  double fraction = 0;
  if (zone < text.size() && text[zone] == '.') {
    const size_t end = text.find_first_not_of("0123456789", zone + 1);
    if (end == std::string_view::npos) return 0;
    fraction = fractionOf(text.substr(zone + 1, end - zone - 1));
    zone = end;
  }
  int offset = 0;
  if (!offsetOf(text.substr(zone), offset)) return 0;
  return static_cast<double>(timegm(&parts) - offset) + fraction;
}

std::string formatTime(double wall) {
  const auto total = std::llround(wall * 1e6);
  const auto seconds = static_cast<std::time_t>(total / 1000000);
  const auto micros = static_cast<int>(total % 1000000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%FT%T", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%06dZ", micros);
  return text.data();
}

}  // namespace mc::base
