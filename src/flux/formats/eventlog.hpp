#pragma once
// Eventlogs: one JSON object per line (RFC 18).
//
// Thread-safety: values and pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

struct Event {
  double timestamp = 0;  ///< seconds since the Unix epoch
  std::string name;
  json::object context;  ///< empty: the entry has none
};

/// One entry with its newline: {"timestamp":1.5,"name":"submit","context":{...}}\n
std::string formatEvent(const Event& event);
std::string formatEvent(double timestamp, std::string_view name, const json::object& context = {});

/// Reads one entry (with or without newline). EPROTO unless it has a number `timestamp`, a string
/// `name` of at least one character without white space, and an object as `context` if there is
/// one.
base::Result<Event> parseEvent(std::string_view line);

/// Reads a whole log. EPROTO if an entry is bad or the last one has no newline.
base::Result<std::vector<Event>> parseEventlog(std::string_view text);

/// Takes the first line off `rest`, without its newline; false when nothing is left.
bool nextLine(std::string_view& rest, std::string_view& line);

}  // namespace mc::flux::formats
