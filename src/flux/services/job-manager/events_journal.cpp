#include "flux/services/job-manager/events_journal.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/formats/json.hpp"
#include "flux/services/job-manager/documents.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;
using broker::Request;

base::Result<std::optional<json::object>> readNames(const json::object& payload,
                                                    std::string_view key) {
  const json::value* value = formats::find(payload, key);
  if (value == nullptr) return std::optional<json::object>();
  if (!value->is_object())
    return base::fail(EPROTO, "'" + std::string(key) + "' must be an object");
  return std::optional(json::object(value->get_object(), json::storage_ptr()));
}

/// The last entry of an eventlog, without its newline.
std::string_view lastLine(std::string_view log) {
  if (log.ends_with('\n')) log.remove_suffix(1);
  return log.substr(log.rfind('\n') + 1);
}

std::string answer(JobId id, std::string_view events, std::string_view documents) {
  return "{\"id\":" + std::to_string(id) + ",\"events\":[" + std::string(events) + "]" +
         std::string(documents) + "}";
}

}  // namespace

bool EventsJournal::Filter::passes(std::string_view event) const {
  return (!allow || allow->contains(event)) && (!deny || !deny->contains(event));
}

EventsJournal::EventsJournal(Manager& manager)
    : manager_(manager), events_(manager.onEvent([this](const Job& job, std::string_view name) {
        if (!readers_.empty()) onEvent(job, name);
      })) {}

base::Status EventsJournal::open(const Request& request, const json::object& payload) {
  if (!request.streaming())
    return base::fail(EPROTO, "events-journal request rejected without streaming RPC flag");
  Filter filter;
  MC_TRY_ASSIGN(filter.allow, readNames(payload, "allow"));
  MC_TRY_ASSIGN(filter.deny, readNames(payload, "deny"));
  bool full = false;
  if (payload.contains("full")) {
    MC_TRY_ASSIGN(full, formats::getBool(payload, "full"));
  }
  readers_.add(request, std::move(filter));
  sendBacklog(readers_.all().back(), full);
  return {};
}

void EventsJournal::sendBacklog(const Reader& reader, bool full) {
  const JobTable& table = manager_.table();
  if (full)
    for (const Job* job : table.inactive()) sendHistory(reader, *job);
  for (const Job* job : table.running()) sendHistory(reader, *job);
  for (const Job* job : table.pending()) sendHistory(reader, *job);
  reader.request.respondText(R"({"id":-1,"events":[]})");
}

void EventsJournal::sendHistory(const Reader& reader, const Job& job) {
  const auto log = readDocument(manager_.store(), job.id, "eventlog");
  if (!log) return;
  std::string events;
  std::string_view rest = *log;
  std::string_view line;
  while (formats::nextLine(rest, line)) {
    const auto event = formats::parseEvent(line);
    if (!event || !reader.extra.passes(event->name)) continue;
    if (!events.empty()) events += ',';
    events += line;
  }
  reader.request.respondText(answer(job.id, events, document(job, "jobspec") + document(job, "R")));
}

void EventsJournal::onEvent(const Job& job, std::string_view name) {
  if (!job.active || job.active->eventlog == nullptr) return;
  std::string scratch;
  const std::string_view line = lastLine(job.active->eventlog->view(scratch));
  std::string documents;
  if (name == "submit") documents = document(job, "jobspec");
  if (name == "alloc") documents = document(job, "R");
  const std::string text = answer(job.id, line, documents);
  for (const Reader& reader : readers_.all())
    if (reader.extra.passes(name)) reader.request.respondText(text);
}

/// `,"KEY":{...}`; nothing where the job has none.
std::string EventsJournal::document(const Job& job, std::string_view key) const {
  const auto text = readCurrent(manager_.store(), job.id, key);
  if (!text) return {};
  auto value = formats::parseJsonObject(*text);
  if (!value) return {};
  value->erase("scheduling");
  if (auto* attributes = value->if_contains("attributes"); attributes && attributes->is_object())
    if (auto* system = attributes->get_object().if_contains("system");
        system && system->is_object())
      system->get_object().erase("environment");
  return ",\"" + std::string(key) + "\":" + formats::toJson(*value);
}

}  // namespace mc::flux::services::manager
