#pragma once
// Where a broker's log lines go: a ring that `flux dmesg` reads, standard error, a file, and the
// next broker towards rank 0 (attributes log-*).
//
// Thread-safety: none; belongs to the broker's thread.

#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "base/signal.hpp"
#include "flux/broker/attributes.hpp"
#include "flux/broker/log_record.hpp"

namespace mc::flux::broker {

class LogBuffer {
 public:
  struct Sinks {
    /// Towards rank 0; not used there.
    std::function<void(const std::string& encoded)> forward;
    /// Standard error, with the line's end.
    std::function<void(const std::string& line)> print;
  };

  LogBuffer(const base::Clock& clock, uint32_t rank, Sinks sinks);

  /// Makes log-ring-size, log-level ... attributes of the broker.
  base::Status bindAttributes(Attributes& attributes);

  /// Logs a line of this broker; line ends within it make several.
  void log(Severity severity, std::string_view component, std::string_view text);
  /// Takes an RFC 5424 record, of this broker or of one below. One that is none is kept as text.
  void append(std::string_view encoded);

  /// The lines kept, oldest first, encoded.
  [[nodiscard]] const std::deque<std::string>& lines() const { return ring_; }
  void clear() { ring_.clear(); }
  [[nodiscard]] uint64_t count() const { return count_; }
  /// Calls back for each line that is kept from now on.
  [[nodiscard]] base::Watch follow(std::function<void(const std::string& encoded)> callback) {
    return followers_.connect(std::move(callback));
  }

 private:
  void add(const LogRecord& record, const std::string& encoded);
  void keep(const std::string& encoded);
  void trim();
  [[nodiscard]] bool printsHere(const LogRecord& record, bool own) const;
  void writeFile(const LogRecord& record) const;
  base::Status bindLevel(Attributes& attributes, const char* name, int& level);
  base::Status setFile(const std::string& path);

  const base::Clock& clock_;
  uint32_t rank_;
  Sinks sinks_;
  int ringSize_ = 1024;
  int level_ = static_cast<int>(Severity::Debug);
  int forwardLevel_ = static_cast<int>(Severity::Debug);
  int criticalLevel_ = static_cast<int>(Severity::Crit);
  int stderrLevel_ = static_cast<int>(Severity::Error);
  bool stderrLocal_ = false;  ///< each broker prints its own lines; otherwise rank 0 prints all
  std::string filePath_;
  base::Fd file_;
  std::deque<std::string> ring_;
  uint64_t count_ = 0;
  base::Signal<const std::string&> followers_;
};

}  // namespace mc::flux::broker
