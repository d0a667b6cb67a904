#pragma once
// The operator's log: one JSON object a line on stderr, as controller-runtime's production logger
// writes it (ts, level, logger, msg and fields).
//
// Values of fields never hold secrets: callers log names, reasons and the API server's messages.
// Thread-safety: all methods from any thread at once; a line is written as a whole.

#include <boost/json/object.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace mc::controller {

enum class LogLevel { Debug, Info, Error };

class Log {
 public:
  using Sink = std::function<void(std::string_view line)>;
  /// Lines below `least` are dropped.
  Log(const base::Clock& clock, Sink sink, LogLevel least = LogLevel::Info)
      : clock_(clock), sink_(std::move(sink)), least_(least) {}

  void debug(std::string_view message, boost::json::object fields = {}) {
    write(LogLevel::Debug, message, std::move(fields));
  }
  void info(std::string_view message, boost::json::object fields = {}) {
    write(LogLevel::Info, message, std::move(fields));
  }
  void error(std::string_view message, boost::json::object fields = {}) {
    write(LogLevel::Error, message, std::move(fields));
  }

 private:
  void write(LogLevel level, std::string_view message, boost::json::object fields);

  const base::Clock& clock_;
  Sink sink_;
  LogLevel least_;
  std::mutex mutex_;
};

}  // namespace mc::controller
