#pragma once
// Eventlog entries as text, in the time formats of `flux job eventlog`.
//
// Thread-safety: none.

#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/formats/eventlog.hpp"

namespace mc::flux::commands {

class EventText {
 public:
  enum class Time { Raw, Iso, Offset, Human };
  enum class Format { Text, Json };
  EventText(Format format, Time time) : format_(format), time_(time) {}

  /// From the options --format, --time-format and --human; EINVAL for unknown names.
  static base::Result<EventText> make(std::string_view format, std::string_view time, bool human);

  /// "1795407224.249707 submit userid=0 urgency=16" or the entry's JSON; without newline.
  std::string line(const formats::Event& event, std::string_view json);

 private:
  std::string timestamp(double time);

  Format format_;
  Time time_;
  double start_ = 0;      ///< the first event's time
  double reference_ = 0;  ///< the time last shown as date (Human)
};

}  // namespace mc::flux::commands
