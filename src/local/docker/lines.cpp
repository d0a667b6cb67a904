#include "local/docker/lines.hpp"

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace {

/// No event or progress line is longer; a broken daemon must not fill our memory.
constexpr size_t kLineLimit = 4u << 20;

}  // namespace

base::Result<std::optional<std::string>> JsonLines::nextLine() {
  size_t searched = 0;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return std::optional(std::move(line));
    }
    searched = buffer_.size();
    if (searched > kLineLimit) return base::fail(EPROTO, "the Docker daemon sent an endless line");
    MC_TRY_ASSIGN(const std::string piece, response_.read());
    if (piece.empty()) {
      if (buffer_.empty()) return std::optional<std::string>();
      return std::optional(std::exchange(buffer_, {}));
    }
    buffer_ += piece;
  }
}

base::Result<std::optional<boost::json::object>> JsonLines::next() {
  while (true) {
    MC_TRY_ASSIGN(const std::optional<std::string> line, nextLine());
    if (!line) return std::optional<boost::json::object>();
    if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
    MC_TRY_ASSIGN(boost::json::object object, asObject(parseJson(*line)));
    return std::optional(std::move(object));
  }
}

}  // namespace mc::local::docker
