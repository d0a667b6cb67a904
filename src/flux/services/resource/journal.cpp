#include "flux/services/resource/journal.hpp"

#include <vector>

#include "flux/formats/eventlog.hpp"

namespace mc::flux::services::resource {

namespace {

namespace json = boost::json;
using broker::Request;

constexpr std::string_view kDefine = "resource-define";

/// What was true of an earlier life of the instance only. flux-core forgets it as well.
bool isOutdated(std::string_view name) {
  return name == kDefine || name == "online" || name == "offline";
}

struct Entry {
  std::string name;  ///< empty: the line is no entry
  std::string_view line;
};

Entry entryOf(std::string_view line) {
  auto event = formats::parseEvent(line);
  return {event ? std::move(event->name) : std::string(), line};
}

/// The log without what only an earlier life knew.
std::vector<Entry> backlog(std::string_view log) {
  std::vector<Entry> entries;
  std::string_view line;
  while (formats::nextLine(log, line)) {
    Entry entry = entryOf(line);
    if (entry.name.empty()) continue;
    if (entry.name == "restart")
      std::erase_if(entries, [](const Entry& old) { return isOutdated(old.name); });
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

Journal::Journal(Inventory& inventory)
    : inventory_(inventory),
      events_(inventory.onEvent([this](std::string_view event, std::string_view line) {
        for (const auto& reader : readers_.all()) send(reader.request, event, line);
      })) {}

base::Status Journal::open(const Request& request) {
  if (!request.streaming()) return base::fail(EPROTO, "journal requires streaming RPC flag");
  const std::string log = inventory_.eventlog();
  for (const Entry& entry : backlog(log)) send(request, entry.name, entry.line);
  request.respond(json::object{{"events", json::array()}});
  readers_.add(request, {});
  return {};
}

void Journal::send(const Request& reader, std::string_view event, std::string_view line) const {
  std::string answer = "{\"events\":[" + std::string(line) + "]";
  if (event == kDefine) answer += ",\"R\":" + formats::toJson(inventory_.all().toJson());
  reader.respondText(answer + "}");
}

}  // namespace mc::flux::services::resource
