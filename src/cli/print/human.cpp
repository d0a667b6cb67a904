#include "cli/print/human.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace mc::cli {

namespace {

/// "BIGu" or "BIGuSMALLv": a duration in two units, the smaller one left out when it is zero.
std::string twoUnits(int64_t big, char bigUnit, int64_t small, char smallUnit) {
  std::string text = std::to_string(big) + bigUnit;
  if (small != 0) text += std::to_string(small) + smallUnit;
  return text;
}

std::string formatUtc(double time, const char* format) {
  const auto seconds = static_cast<std::time_t>(std::floor(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string humanDuration(std::chrono::nanoseconds duration) {
  const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const int64_t minutes = seconds / 60;
  const int64_t hours = minutes / 60;
  const int64_t days = hours / 24;
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return std::to_string(seconds) + 's';
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return std::to_string(minutes) + 'm';
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return std::to_string(hours) + 'h';
  if (days < 8) return twoUnits(days, 'd', hours % 24, 'h');
  if (days < 2 * 365) return std::to_string(days) + 'd';
  if (days < 8 * 365) return twoUnits(days / 365, 'y', days % 365, 'd');
  return std::to_string(days / 365) + 'y';
}

std::string age(double since, double now) {
  if (since == 0) return "<unknown>";
  return humanDuration(std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(now - since)));
}

std::string humanBytes(uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // 999.95 would be printed as "1000.0".
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text.data();
}

std::string rfc1123(double time) {
  return formatUtc(time, "%a, %d %b %Y %H:%M:%S +0000");
}

std::string rfc3339(double time) {
  return formatUtc(time, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace mc::cli
