#pragma once
// JSON objects of an answer that comes line by line (events, pull progress).
//
// Thread-safety: one thread at a time.

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/status.hpp"
#include "http/client.hpp"

namespace mc::local::docker {

class JsonLines {
 public:
  explicit JsonLines(http::Response response) : response_(std::move(response)) {}

  /// The next object; nothing at the end. EPROTO for a line that is no object.
  base::Result<std::optional<boost::json::object>> next();

  /// Whether next() has a line without waiting.
  [[nodiscard]] bool pending() const { return buffer_.find('\n') != std::string::npos; }

 private:
  base::Result<std::optional<std::string>> nextLine();

  http::Response response_;
  std::string buffer_;
};

}  // namespace mc::local::docker
