#include "operator/log.hpp"

#include <boost/json.hpp>

#include "base/rfc3339.hpp"

namespace mc::controller {

namespace {

const char* levelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Error:
      break;
  }
  return "error";
}

}  // namespace

void Log::write(LogLevel level, std::string_view message, boost::json::object fields) {
  if (level < least_) return;
  boost::json::object line{
      {"level", levelName(level)}, {"ts", base::formatTime(clock_.wall())}, {"msg", message}};
  for (auto& field : fields) line[field.key()] = std::move(field.value());
  const std::string text = boost::json::serialize(line) + "\n";
  const std::lock_guard lock(mutex_);
  sink_(text);
}

}  // namespace mc::controller
