#include "flux/broker/log_buffer.hpp"

#include <fcntl.h>

#include <charconv>

namespace mc::flux::broker {
namespace {

base::Result<int> parseInt(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return base::fail(EINVAL, "'" + text + "' is not a number");
  return value;
}

}  // namespace

LogBuffer::LogBuffer(const base::Clock& clock, uint32_t rank, Sinks sinks)
    : clock_(clock), rank_(rank), sinks_(std::move(sinks)) {}

base::Status LogBuffer::bindLevel(Attributes& attributes, const char* name, int& level) {
  return attributes.bind(
      name, [&level] { return std::to_string(level); },
      [&level](const std::string& text) -> base::Status {
        MC_TRY_ASSIGN(const int value, parseInt(text));
        // Negative values match nothing, as in flux-core.
        if (value > static_cast<int>(Severity::Debug))
          return base::fail(EINVAL, "a log level is at most 7 (debug)");
        level = value;
        return {};
      });
}

base::Status LogBuffer::bindAttributes(Attributes& attributes) {
  MC_TRY(bindLevel(attributes, "log-level", level_));
  MC_TRY(bindLevel(attributes, "log-forward-level", forwardLevel_));
  MC_TRY(bindLevel(attributes, "log-critical-level", criticalLevel_));
  MC_TRY(bindLevel(attributes, "log-stderr-level", stderrLevel_));
  MC_TRY(attributes.bind(
      "log-stderr-mode", [this] { return stderrLocal_ ? "local" : "leader"; },
      [this](const std::string& text) -> base::Status {
        if (text != "local" && text != "leader")
          return base::fail(EINVAL, "log-stderr-mode is leader or local");
        stderrLocal_ = text == "local";
        return {};
      }));
  MC_TRY(attributes.bind(
      "log-ring-size", [this] { return std::to_string(ringSize_); },
      [this](const std::string& text) -> base::Status {
        MC_TRY_ASSIGN(const int value, parseInt(text));
        if (value < 0) return base::fail(EINVAL, "log-ring-size is not negative");
        ringSize_ = value;
        trim();
        return {};
      }));
  return attributes.bind(
      "log-filename", [this] { return filePath_; },
      [this](const std::string& path) { return setFile(path); });
}

base::Status LogBuffer::setFile(const std::string& path) {
  filePath_ = path;
  if (rank_ > 0) return {};  // the same options may be given to all brokers
  base::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file) return base::failErrno(path);
  file_ = std::move(file);
  return {};
}

void LogBuffer::log(Severity severity, std::string_view component, std::string_view text) {
  LogRecord record{clock_.wall(), severity, rank_, std::string(component), {}};
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    record.text = text.substr(0, end);
    if (!record.text.empty()) add(record, encodeLog(record));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void LogBuffer::append(std::string_view encoded) {
  while (!encoded.empty() && (encoded.back() == '\0' || encoded.back() == '\n'))
    encoded.remove_suffix(1);
  auto record = decodeLog(encoded);
  if (!record) {
    log(Severity::Info, "unknown", encoded);
    return;
  }
  add(*record, std::string(encoded));
}

void LogBuffer::add(const LogRecord& record, const std::string& encoded) {
  const int severity = static_cast<int>(record.severity);
  const bool own = record.rank == rank_;
  if (own && severity <= level_) keep(encoded);
  if (printsHere(record, own)) {
    // A supervisor that collects the lines of each broker stamps them itself.
    const bool timed = !own || !stderrLocal_;
    sinks_.print((timed ? formatLogTime(record.time) : "") + formatLog(record) + "\n");
  }
  if (severity > forwardLevel_) return;
  if (rank_ == 0)
    writeFile(record);
  else
    sinks_.forward(encoded);
}

bool LogBuffer::printsHere(const LogRecord& record, bool own) const {
  const int severity = static_cast<int>(record.severity);
  if (own && severity <= criticalLevel_) return true;
  if (severity > stderrLevel_) return false;
  return stderrLocal_ ? own : rank_ == 0;
}

void LogBuffer::writeFile(const LogRecord& record) const {
  // There is nowhere to report a full disk to but the log itself.
  if (file_)
    (void)base::writeAll(file_.get(), formatLogTime(record.time) + formatLog(record) + "\n")
        .has_value();
}

void LogBuffer::keep(const std::string& encoded) {
  ++count_;
  if (ringSize_ == 0) return;
  ring_.push_back(encoded);
  trim();
  followers_.emit(encoded);
}

void LogBuffer::trim() {
  while (ring_.size() > static_cast<size_t>(ringSize_)) ring_.pop_front();
}

}  // namespace mc::flux::broker
