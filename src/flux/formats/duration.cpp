#include "flux/formats/duration.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mc::flux::formats {

namespace {

struct Unit {
  std::string_view suffix;
  double seconds;
};
constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;
constexpr std::array<Unit, 6> kUnits = {Unit{"", 1},        Unit{"s", 1},     Unit{"ms", 1e-3},
                                        Unit{"m", kMinute}, Unit{"h", kHour}, Unit{"d", kDay}};

// The unit a duration is printed in.
Unit unitFor(double seconds) {
  if (seconds < kMinute) return {"s", 1};
  if (seconds < kHour) return {"m", kMinute};
  if (seconds < kDay) return {"h", kHour};
  return {"d", kDay};
}

std::string formatIn(Unit unit, double seconds, int digits) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%.*g%.*s", digits, seconds / unit.seconds,
                static_cast<int>(unit.suffix.size()), unit.suffix.data());
  return buffer;
}

}  // namespace

base::Result<double> parseDuration(std::string_view text) {
  const auto bad = [&] {
    return base::fail(EINVAL, "'" + std::string(text) + "' is not a duration (30s, 1.5h ...)");
  };
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || std::isnan(number) || std::signbit(number)) return bad();
  const std::string_view suffix(rest, static_cast<size_t>(end - rest));
  for (const Unit& unit : kUnits)
    if (unit.suffix == suffix) return number * unit.seconds;
  return bad();
}

std::string formatDuration(double seconds, int digits) {
  if (std::isinf(seconds)) return "infinity";
  return formatIn(unitFor(seconds), seconds, digits);
}

std::string formatJobDuration(double seconds) {
  if (seconds < 1e-3) return "0s";
  if (seconds >= 10) return formatIn(unitFor(seconds), seconds, 4);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.03fs", seconds);
  return buffer;
}

}  // namespace mc::flux::formats
