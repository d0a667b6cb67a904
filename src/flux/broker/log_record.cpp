#include "flux/broker/log_record.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

namespace mc::flux::broker {
namespace {

constexpr std::array<std::string_view, 8> kSeverityNames = {"emerg",   "alert",  "crit", "err",
                                                            "warning", "notice", "info", "debug"};
constexpr unsigned kFacilityUser = 1;

struct SplitTime {
  time_t seconds;
  long microseconds;
};

SplitTime split(double time) {
  const double whole = std::floor(time);
  const long micros = std::min(999999L, std::lround((time - whole) * 1e6));
  return {static_cast<time_t>(whole), micros};
}

std::string isoTime(double time) {
  const SplitTime t = split(time);
  tm utc{};
  ::gmtime_r(&t.seconds, &utc);
  char date[32];
  char text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof text, "%s.%06ldZ", date, t.microseconds);
  return text;
}

base::Result<double> parseIsoTime(std::string_view text) {
  tm utc{};
  const std::string copy(text);
  const char* rest = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return base::fail(EPROTO, "log record without time");
  double fraction = 0;
  double unit = 0.1;
  if (*rest == '.')
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) fraction += (*rest - '0') * unit;
  return static_cast<double>(::timegm(&utc)) + fraction;
}

/// Cuts the next word off `rest`.
std::string_view takeWord(std::string_view& rest) {
  const size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return word;
}

template <class Number>
bool parseNumber(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// "<134>1"
base::Result<unsigned> parsePriority(std::string_view word) {
  unsigned priority = 0;
  const size_t close = word.find('>');
  if (word.empty() || word[0] != '<' || close == std::string_view::npos ||
      word.substr(close + 1) != "1" || !parseNumber(word.substr(1, close - 1), priority) ||
      priority > 191)
    return base::fail(EPROTO, "log record without priority");
  return priority;
}

}  // namespace

std::string_view toString(Severity severity) {
  return kSeverityNames[static_cast<size_t>(severity) & 7];
}

std::string encodeLog(const LogRecord& record) {
  const unsigned priority = kFacilityUser << 3 | static_cast<unsigned>(record.severity);
  return "<" + std::to_string(priority) + ">1 " + isoTime(record.time) + " " +
         std::to_string(record.rank) + " " + record.component + " - - - " + record.text;
}

base::Result<LogRecord> decodeLog(std::string_view text) {
  LogRecord record;
  MC_TRY_ASSIGN(const unsigned priority, parsePriority(takeWord(text)));
  record.severity = static_cast<Severity>(priority & 7);
  MC_TRY_ASSIGN(record.time, parseIsoTime(takeWord(text)));
  // Other programs may name a host where brokers write their rank.
  if (!parseNumber(takeWord(text), record.rank)) record.rank = 0;
  record.component = takeWord(text);
  takeWord(text);  // PROCID
  takeWord(text);  // MSGID
  if (takeWord(text) != "-") return base::fail(EPROTO, "log record with structured data");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.remove_suffix(1);
  record.text = text;
  return record;
}

std::string formatLog(const LogRecord& record) {
  return record.component + "." + std::string(toString(record.severity)) + "[" +
         std::to_string(record.rank) + "]: " + record.text;
}

std::string formatLogTime(double time) {
  const SplitTime t = split(time);
  tm local{};
  ::localtime_r(&t.seconds, &local);
  char date[32];
  char zone[32];
  char text[80];
  std::strftime(date, sizeof date, "%b %d %H:%M:%S", &local);
  std::strftime(zone, sizeof zone, "%Z %Y", &local);
  std::snprintf(text, sizeof text, "%s.%06ld %s ", date, t.microseconds, zone);
  return text;
}

}  // namespace mc::flux::broker
