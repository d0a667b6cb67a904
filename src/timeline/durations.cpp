#include "timeline/durations.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace mc::timeline {
namespace {

std::string formatted(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string twoUnits(int64_t big, const char* bigUnit, int64_t small, const char* smallUnit) {
  std::string text = std::to_string(big) + bigUnit;
  if (small > 0) text += " " + std::to_string(small) + smallUnit;
  return text;
}

}  // namespace

std::string durationText(double seconds) {
  if (seconds < 0.9995) return formatted("%.0f ms", std::max(seconds, 0.0) * 1000);
  if (seconds < 59.95) return formatted("%.1f s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 3600) return twoUnits(whole / 60, " min", whole % 60, " s");
  if (whole < 86400) return twoUnits(whole / 3600, " h", whole % 3600 / 60, " min");
  return twoUnits(whole / 86400, " d", whole % 86400 / 3600, " h");
}

std::vector<double> axisMarks(double seconds, int count) {
  static constexpr double kSteps[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,  0.1,   0.2,   0.5,
                                      1,     2,     5,     10,   15,   30,    60,    120,   300,
                                      600,   900,   1800,  3600, 7200, 14400, 21600, 43200, 86400};
  double step = 0;
  for (const double candidate : kSteps) {
    step = candidate;
    if (seconds / step <= count) break;
  }
  while (seconds / step > count) step *= 2;
  std::vector<double> marks;
  for (int i = 0; i * step <= seconds; ++i) marks.push_back(i * step);
  return marks;
}

std::string axisText(double seconds) {
  const auto whole = std::llround(seconds * 1000);
  if (whole == 0) return "0";
  if (whole < 1000) return std::to_string(whole) + "ms";
  if (whole < 60000) {
    std::string text = formatted("%.3f", static_cast<double>(whole) / 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + "s";
  }
  const int64_t all = whole / 1000;
  std::string text;
  if (all >= 3600) text += std::to_string(all / 3600) + "h";
  if (all % 3600 >= 60) text += std::to_string(all % 3600 / 60) + "m";
  if (all % 60 > 0) text += std::to_string(all % 60) + "s";
  return text;
}

}  // namespace mc::timeline
