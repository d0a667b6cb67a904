#include "local/log_stamps.hpp"

#include <algorithm>
#include <charconv>

#include "base/rfc3339.hpp"

namespace mc::local {

namespace {

/// "2026-11-23T05:54:32.123456789+01:00" and its space.
constexpr size_t kLongestStamp = 36;
constexpr size_t kWholeSeconds = 19;
constexpr size_t kNanoDigits = 9;

size_t index(Stream stream) {
  return stream == Stream::Out ? 0 : 1;
}

int64_t nanosecondsOf(std::string_view fraction) {
  std::string digits(fraction.substr(0, fraction.find_first_not_of("0123456789")));
  digits.resize(kNanoDigits, '0');
  int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::optional<LogStamp> parseLogStamp(std::string_view text) {
  if (text.size() <= kWholeSeconds) return std::nullopt;
  const bool fraction = text[kWholeSeconds] == '.';
  const std::string_view rest = text.substr(kWholeSeconds + (fraction ? 1 : 0));
  const size_t zone = fraction ? rest.find_first_not_of("0123456789") : 0;
  if (zone == rest.npos) return std::nullopt;
  const double whole =
      base::parseTime(std::string(text.substr(0, kWholeSeconds)).append(rest.substr(zone)));
  if (whole == 0) return std::nullopt;
  return LogStamp{static_cast<int64_t>(whole), fraction ? nanosecondsOf(rest) : 0};
}

void LogPosition::begin() {
  head_.clear();
  inHead_ = true;
  skipping_ = false;
}

base::Status LogPosition::take(Stream stream, std::string_view bytes, const OutputSink& sink) {
  if (inHead_) {
    const size_t space = bytes.find(' ');
    const size_t size = std::min({space == bytes.npos ? bytes.size() : space + 1,
                                  kLongestStamp - head_.size(), bytes.size()});
    head_.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (!head_.ends_with(' ') && head_.size() < kLongestStamp) return {};
    inHead_ = false;
    MC_TRY(startMessage(stream, sink));
  }
  return skipping_ || bytes.empty() ? base::Status() : sink(stream, bytes);
}

base::Status LogPosition::startMessage(Stream stream, const OutputSink& sink) {
  const auto stamp = parseLogStamp(std::string_view(head_).substr(0, head_.size() - 1));
  // A word of the daemon's own.
  if (!stamp) return sink(stream, head_);
  skipping_ = takeKnown(stream, *stamp);
  if (skipping_) return {};
  remember(stream, *stamp);
  return keepStamps_ ? sink(stream, head_) : base::Status();
}

void LogPosition::remember(Stream stream, const LogStamp& stamp) {
  if (!first_) first_ = stamp;
  Last& last = last_[index(stream)];
  last.count = last.stamp == stamp ? last.count + 1 : 1;
  last.stamp = stamp;
}

/// Before the first message lies what was not asked for.
bool LogPosition::takeKnown(Stream stream, const LogStamp& stamp) {
  Last& known = known_[index(stream)];
  if (!known.stamp) return resumed_ && first_ && stamp < *first_;
  if (stamp == *known.stamp && known.count > 0) {
    --known.count;
    return true;
  }
  return stamp < *known.stamp;
}

/// The two streams' messages may have changed places within a moment.
std::string LogPosition::resume() {
  known_ = last_;
  resumed_ = true;
  const auto latest = std::max(last_[0].stamp, last_[1].stamp);
  return latest ? std::to_string(latest->seconds - 1) : std::string();
}

}  // namespace mc::local
