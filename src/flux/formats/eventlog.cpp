#include "flux/formats/eventlog.hpp"

#include "flux/formats/json_text.hpp"

namespace mc::flux::formats {

std::string formatEvent(double timestamp, std::string_view name, const json::object& context) {
  std::string out;
  out.reserve(160);
  out += "{\"timestamp\":";
  out += formatDouble(timestamp);
  out += ",\"name\":";
  appendJsonString(name, out);
  if (!context.empty()) {
    out += ",\"context\":";
    out += toJson(context);
  }
  return out += "}\n";
}

std::string formatEvent(const Event& event) {
  return formatEvent(event.timestamp, event.name, event.context);
}

base::Result<Event> parseEvent(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.find('\n') != std::string_view::npos)
    return base::fail(EPROTO, "eventlog entry spans several lines");
  MC_TRY_ASSIGN(json::object entry, parseJsonObject(line));
  Event event;
  MC_TRY_ASSIGN(event.timestamp, getDouble(entry, "timestamp"));
  MC_TRY_ASSIGN(const std::string_view name, getString(entry, "name"));
  if (name.empty() || name.find_first_of(" \t\r\n") != std::string_view::npos)
    return base::fail(EPROTO, "eventlog entry has a bad name");
  event.name = name;
  if (auto* context = entry.if_contains("context")) {
    if (!context->is_object())
      return base::fail(EPROTO, "eventlog entry has a context that is no object");
    event.context = std::move(context->get_object());
  }
  return event;
}

base::Result<std::vector<Event>> parseEventlog(std::string_view text) {
  if (!text.empty() && !text.ends_with('\n'))
    return base::fail(EPROTO, "eventlog does not end with a newline");
  std::vector<Event> events;
  std::string_view line;
  while (nextLine(text, line)) {
    MC_TRY_ASSIGN(Event event, parseEvent(line));
    events.push_back(std::move(event));
  }
  return events;
}

bool nextLine(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const size_t newline = rest.find('\n');
  line = rest.substr(0, newline);
  rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
  return true;
}

}  // namespace mc::flux::formats
