#include "flux/commands/event_text.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace mc::flux::commands {

namespace {

std::string fixed(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string date(const char* format, double time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[64];
  std::strftime(buffer, sizeof buffer, format, &parts);
  return buffer;
}

std::string iso(double time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char buffer[64];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &parts);
  return buffer + fixed("%.6f", time - std::floor(time)).substr(1) + "Z";
}

bool sameMinute(double a, double b) {
  return std::floor(a / 60) == std::floor(b / 60);
}

}  // namespace

base::Result<EventText> EventText::make(std::string_view format, std::string_view time,
                                        bool human) {
  EventText text(Format::Text, Time::Raw);
  if (format == "json") {
    text.format_ = Format::Json;
  } else if (format != "text") {
    return base::fail(EINVAL, "invalid format type");
  }
  if (human || time == "human") {
    text.time_ = Time::Human;
  } else if (time == "iso") {
    text.time_ = Time::Iso;
  } else if (time == "offset") {
    text.time_ = Time::Offset;
  } else if (time != "raw") {
    return base::fail(EINVAL, "invalid time-format type");
  }
  return text;
}

std::string EventText::timestamp(double time) {
  if (start_ == 0) start_ = time;
  switch (time_) {
    case Time::Raw:
      return fixed("%.6f", time);
    case Time::Iso:
      return iso(time);
    case Time::Offset:
      return fixed("%.6f", time - start_);
    case Time::Human:
      break;
  }
  if (reference_ != 0 && sameMinute(reference_, time)) return fixed("[%+11.6f]", time - reference_);
  reference_ = time;
  return date("[%b%d %H:%M]", time);
}

std::string EventText::line(const formats::Event& event, std::string_view json) {
  if (format_ == Format::Json) return std::string(json);
  std::string out = timestamp(event.timestamp) + " " + event.name;
  for (const auto& [key, value] : event.context)
    out += " " + std::string(key) + "=" + formats::toJson(value);
  return out;
}

}  // namespace mc::flux::commands
