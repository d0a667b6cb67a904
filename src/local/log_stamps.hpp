#pragma once
// The time stamps in front of the messages of a log, by which one knows how far it was read.
//
// The Docker Engine puts each message into a frame and begins it, when asked to, with the message's
// time (RFC 3339 with up to nine digits behind the second) and a space. A message is a line, a part
// of a very long one, or what a container wrote last, without a newline.
//
// Thread-safety: one thread at a time.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "local/docker/frames.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// A moment in nanoseconds, which is more than a double holds.
struct LogStamp {
  int64_t seconds = 0;
  int64_t nanoseconds = 0;
  auto operator<=>(const LogStamp&) const = default;
};

/// "2026-11-23T05:54:32.123456789Z"; nothing for anything else.
std::optional<LogStamp> parseLogStamp(std::string_view text);

/// Takes a log with stamps, remembers how far it has come, and hands it on with or without them.
class LogPosition {
 public:
  explicit LogPosition(bool keepStamps) : keepStamps_(keepStamps) {}

  /// To be called where a frame begins ...
  void begin();
  /// ... and with its content, in pieces.
  base::Status take(Stream stream, std::string_view bytes, const OutputSink& sink);

  [[nodiscard]] bool empty() const { return !first_; }
  /// The log is read a second time: messages that were handed on are left out from now on. Returns
  /// the Unix time in seconds from which on it has to be read.
  std::string resume();

 private:
  /// How far one of the streams has come. Stamps may be coarse (Podman's are): `count` of its
  /// messages have the last one.
  struct Last {
    std::optional<LogStamp> stamp;
    size_t count = 0;
  };

  base::Status startMessage(Stream stream, const OutputSink& sink);
  bool takeKnown(Stream stream, const LogStamp& stamp);
  void remember(Stream stream, const LogStamp& stamp);

  bool keepStamps_;
  std::string head_;  ///< of a message: its stamp, as far as it has come
  bool inHead_ = false;
  bool skipping_ = false;
  bool resumed_ = false;
  std::optional<LogStamp> first_;  ///< of all messages handed on
  std::array<Last, 2> last_;       ///< of those, by stream
  std::array<Last, 2> known_;      ///< the same, when the log began to be read again
};

}  // namespace mc::local
