#include "cli/go_duration.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mc::cli {

namespace {

struct Unit {
  const char* name;
  double nanoseconds;
};
constexpr std::array<Unit, 7> kUnits = {
    {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr double kMaxNanoseconds = 9.2e18;

/// Takes the digits at the front of `text`, a fraction included; false if there are none.
bool takeNumber(std::string_view& text, double& number) {
  const size_t end = text.find_first_not_of("0123456789.");
  const std::string_view digits = text.substr(0, end);
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                             std::chars_format::fixed);
  if (error != std::errc{} || rest != digits.data() + digits.size()) return false;
  text.remove_prefix(digits.size());
  return true;
}

/// Takes the letters up to the next digit.
const Unit* takeUnit(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
  for (const auto& unit : kUnits) {
    if (name != unit.name) continue;
    text.remove_prefix(name.size());
    return &unit;
  }
  return nullptr;
}

}  // namespace

base::Result<std::chrono::nanoseconds> parseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds{0};
  double total = 0;
  if (rest.empty()) return base::fail(EINVAL, "must be a duration such as 5s, 2m or 1h30m");
  while (!rest.empty()) {
    double number = 0;
    if (!takeNumber(rest, number))
      return base::fail(EINVAL, "must be a duration such as 5s, 2m or 1h30m");
    const Unit* unit = takeUnit(rest);
    if (unit == nullptr)
      return base::fail(EINVAL, rest.empty() ? "unit is missing: use s, m or h"
                                             : "unknown unit: use ns, us, ms, s, m or h");
    total += number * unit->nanoseconds;
    if (total > kMaxNanoseconds) return base::fail(EINVAL, "duration is out of range");
  }
  return std::chrono::nanoseconds{std::llround(negative ? -total : total)};
}

std::string formatGoDuration(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto whole = static_cast<int64_t>(std::fabs(seconds));
  std::string text = seconds < 0 ? "-" : "";
  if (whole >= 3600) text += std::to_string(whole / 3600) + 'h';
  if (whole >= 60) text += std::to_string(whole / 60 % 60) + 'm';
  std::array<char, 32> rest{};
  std::snprintf(rest.data(), rest.size(), "%.9g",
                std::fabs(seconds) - static_cast<double>(whole / 60 * 60));
  return text + rest.data() + 's';
}

}  // namespace mc::cli
