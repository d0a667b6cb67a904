#include "flux/commands/log_line.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace mc::flux::commands {

namespace {

constexpr std::string_view kSeverities[] = {"emerg",   "alert",  "crit", "err",
                                            "warning", "notice", "info", "debug"};
constexpr int kFacilityUser = 1;
constexpr int kSeverityBits = 3;

std::string_view takeWord(std::string_view& rest) {
  const size_t space = rest.find(' ');
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(space == rest.npos ? rest.size() : space + 1);
  return word;
}

}  // namespace

std::optional<int> severityNumber(std::string_view name) {
  for (int i = 0; i < 8; ++i)
    if (kSeverities[i] == name) return i;
  return std::nullopt;
}

std::string makeLogLine(int severity, double time, std::string_view host, std::string_view app,
                        pid_t pid, std::string_view message) {
  constexpr long long kMillion = 1'000'000;
  const long long microseconds = std::llround(time * 1e6);
  const auto seconds = static_cast<std::time_t>(microseconds / kMillion);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char stamp[48];
  std::snprintf(stamp, sizeof stamp, "%s.%06dZ", date, static_cast<int>(microseconds % kMillion));
  return "<" + std::to_string(kFacilityUser << kSeverityBits | severity) + ">1 " + stamp + " " +
         std::string(host) + " " + std::string(app) + " " + std::to_string(pid) + " - - " +
         std::string(message);
}

std::optional<std::string> formatLogLine(std::string_view line) {
  if (!line.starts_with('<')) return std::nullopt;
  unsigned priority = 0;
  const char* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data() + 1, end, priority);
  if (error != std::errc{} || rest == end || *rest != '>') return std::nullopt;
  std::string_view text(rest + 1, static_cast<size_t>(end - rest - 1));
  if (takeWord(text) != "1") return std::nullopt;
  const std::string_view stamp = takeWord(text);
  const std::string_view host = takeWord(text);
  const std::string_view app = takeWord(text);
  for (int i = 0; i < 3; ++i) takeWord(text);  // process id, message id, structured data
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(stamp) + " " + std::string(app) + "." +
         std::string(kSeverities[priority & 7]) + "[" + std::string(host) +
         "]: " + std::string(text);
}

}  // namespace mc::flux::commands
