#include "flux/services/job-info/service.hpp"

#include <algorithm>

#include "flux/formats/eventlog.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::info {

namespace {

namespace json = boost::json;
using broker::Request;
using manager::Job;

// Flags of lookup (RFC 41).
constexpr int64_t kDecode = 1;
constexpr int64_t kCurrent = 2;  // with the updates that the eventlog tells of
// Flags of eventlog-watch.
constexpr int64_t kWaitCreate = 1;

constexpr std::string_view kGuest = "guest.";

// The event that ends an eventlog while the job may still be active; empty: only the job's end
// does.
std::string lastEventOf(std::string_view path) {
  if (path == "eventlog") return "clean";
  return path == "guest.exec.eventlog" ? "done" : "";
}

// A jobspec or R with the changes that were made to it (RFC 21).
base::Result<std::string> updated(std::string text, std::string_view key,
                                  const std::string& eventlog) {
  const bool isR = key == "R";
  const std::string_view name = isR ? "resource-update" : "jobspec-update";
  if (eventlog.find(name) == std::string::npos) return text;
  MC_TRY_ASSIGN(json::object document, formats::parseJsonObject(text));
  MC_TRY_ASSIGN(const auto events, formats::parseEventlog(eventlog));
  for (const formats::Event& event : events) {
    if (event.name != name) continue;
    for (const auto& [path, value] : event.context)
      formats::setPath(document, isR ? "execution." + std::string(path) : std::string(path), value);
  }
  return formats::toJson(document);
}

}  // namespace

InfoService::InfoService(manager::Manager& manager, kvs::Store& store)
    : manager_(manager),
      store_(store),
      bury_(manager.host().loop(), [this] { over_.clear(); }),
      events_(manager.onEvent([this](const Job& job, std::string_view event) {
        if (byJob_.empty()) return;
        if (event == "release") endWatches(job.id, true);  // the guest namespace is closed
        if (event == "clean") endWatches(job.id, false);
      })) {
  const auto add = [this](const char* method,
                          base::Status (InfoService::*handler)(const Request&, const Payload&)) {
    methods_.add(method, Access::Anyone,
                 [this, handler](const Request& request, const Payload& payload) {
                   return (this->*handler)(request, payload);
                 });
  };
  add("lookup", &InfoService::lookup);
  add("eventlog-watch", &InfoService::watch);
  add("eventlog-watch-cancel", &InfoService::cancel);
}

base::Result<Job*> InfoService::jobOf(const Request& request, const Payload& payload) const {
  MC_TRY_ASSIGN(const manager::JobId id, formats::getUnsigned(payload, "id"));
  Job* job = manager_.table().find(id);
  if (job == nullptr) return base::fail(ENOENT, "No such job");
  if (!request.isOwner() && request.message().userid != job->userid)
    return base::fail(EPERM, "job belongs to another user");
  return job;
}

base::Status InfoService::lookup(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Job* job, jobOf(request, payload));
  MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(payload, "flags"));
  const auto* keys = formats::findArray(payload, "keys");
  if (keys == nullptr) return base::fail(EPROTO, "payload has no array 'keys'");
  json::object answer{{"id", job->id}};
  for (const auto& value : *keys) {
    const auto* key = value.if_string();
    if (key == nullptr) return base::fail(EPROTO, "'keys' must be strings");
    MC_TRY_ASSIGN(answer[*key], read(*job, *key, flags));
  }
  request.respondText(formats::toJson(answer));
  return {};
}

base::Result<json::value> InfoService::read(const Job& job, std::string_view key, int64_t flags) {
  auto node = store_.resolve(store_.primary(), manager::jobKey(job.id, key));
  if (!node || !(*node)->isValue()) return base::fail(ENOENT, std::string(key) + ": key not found");
  std::string text = (*node)->read();
  if (key != "R" && key != "jobspec") return json::value(text);
  if ((flags & kCurrent) != 0) {
    auto log = store_.resolve(store_.primary(), manager::jobKey(job.id, "eventlog"));
    if (log) {
      MC_TRY_ASSIGN(text, updated(std::move(text), key, (*log)->read()));
    }
  }
  if ((flags & kDecode) == 0) return json::value(text);
  return formats::parseJson(text);
}

base::Status InfoService::watch(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Job* job, jobOf(request, payload));
  MC_TRY_ASSIGN(const std::string_view path, formats::getString(payload, "path"));
  const auto* flagsValue = formats::find(payload, "flags");
  const int64_t flags = flagsValue ? formats::toInteger(*flagsValue).value_or(0) : 0;
  if (!request.streaming())
    return base::fail(EPROTO, "eventlog-watch request rejected without streaming RPC flag");
  const auto node = store_.resolve(store_.primary(), manager::jobKey(job->id, path));
  const bool exists = node && (*node)->isValue();
  const bool mayCome = job->active && (flags & kWaitCreate) != 0;
  if (!exists && !mayCome) return base::fail(ENOENT, std::string(path) + ": key not found");
  Watching& watching = add(request, *job, path);
  EventlogWatch& watch = *watching.watch;
  if (!exists && watching.guest)
    watch.awaitCreation(store_, formats::jobNamespace(job->id), path.substr(kGuest.size()));
  else if (!exists)
    watch.awaitCreation(store_, kvs::kPrimary, manager::jobKey(job->id, path));
  else
    watch.follow(**node);
  // Nothing is added to what an inactive job has left behind.
  if (!job->active) watch.end();
  return {};
}

InfoService::Watching& InfoService::add(const Request& request, const Job& job,
                                        std::string_view path) {
  const Id id = next_++;
  Watching& watching = watches_[id];
  watching.sender = request.sender();
  watching.matchtag = request.message().matchtag();
  watching.job = job.id;
  watching.guest = path.starts_with(kGuest);
  watching.watch =
      std::make_unique<EventlogWatch>(request, lastEventOf(path), [this, id] { remove(id); });
  bySender_.emplace(watching.sender, watching.matchtag, id);
  byJob_.emplace(job.id, id);
  return watching;
}

void InfoService::remove(Id id) {
  const auto at = watches_.find(id);
  if (at == watches_.end()) return;
  const Watching& gone = at->second;
  bySender_.erase({gone.sender, gone.matchtag, id});
  const auto [first, last] = byJob_.equal_range(gone.job);
  const auto entry =
      std::find_if(first, last, [id](const auto& candidate) { return candidate.second == id; });
  if (entry != last) byJob_.erase(entry);
  over_.push_back(std::move(at->second.watch));
  watches_.erase(at);
  bury_.schedule();
}

void InfoService::endWatches(manager::JobId job, bool onlyGuest) {
  std::vector<Id> ids;
  const auto [first, last] = byJob_.equal_range(job);
  for (auto entry = first; entry != last; ++entry) ids.push_back(entry->second);
  for (const Id id : ids) {
    const auto at = watches_.find(id);
    if (at != watches_.end() && (at->second.guest || !onlyGuest)) at->second.watch->end();
  }
}

base::Status InfoService::cancel(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const int64_t matchtag, formats::getInteger(payload, "matchtag"));
  const std::string sender = request.sender();
  const auto tag = static_cast<uint32_t>(matchtag);
  const auto at = bySender_.lower_bound({sender, tag, 0});
  if (at == bySender_.end() || std::get<0>(*at) != sender || std::get<1>(*at) != tag) return {};
  watches_.at(std::get<2>(*at)).watch->end();
  return {};
}

void InfoService::disconnect(const std::string& sender) {
  auto at = bySender_.lower_bound({sender, 0, 0});
  while (at != bySender_.end() && std::get<0>(*at) == sender) {
    const Id id = std::get<2>(*at);
    ++at;
    remove(id);
  }
}

}  // namespace mc::flux::services::info
