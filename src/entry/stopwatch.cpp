#include "entry/stopwatch.hpp"

#include <array>
#include <cstdio>

namespace mc::entry {

std::string fluxTime(const std::string& name, std::chrono::steady_clock::duration elapsed) {
  const long long all = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count() / 10;
  const long long hours = all / 360000;
  const long long minutes = all / 6000 % 60;
  std::array<char, 64> text{};
  if (hours > 0)
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", hours, minutes, all / 100 % 60);
  else
    std::snprintf(text.data(), text.size(), "%lld:%02lld.%02lld", minutes, all / 100 % 60,
                  all % 100);
  return "FLUXTIME " + name + " wall time " + text.data() + "\n";
}

}  // namespace mc::entry
