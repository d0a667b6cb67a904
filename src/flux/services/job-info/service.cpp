#include "flux/services/job-info/service.hpp"

#include <algorithm>

#include "flux/formats/json.hpp"
#include "flux/services/job-manager/documents.hpp"

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
constexpr std::string_view kR = "R";

// The event that ends an eventlog while the job may still be active; empty: only the job's end
// does.
std::string lastEventOf(std::string_view path) {
  if (path == "eventlog") return "clean";
  return path == "guest.exec.eventlog" ? "done" : "";
}

}  // namespace

InfoService::InfoService(manager::Manager& manager, kvs::Store& store)
    : manager_(manager),
      store_(store),
      bury_(manager.host().loop(), [this] { over_.clear(); }),
      events_(manager.onEvent([this](const Job& job, std::string_view event) {
        if (!updates_.empty()) onUpdate(job, event);
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
  add("update-lookup", &InfoService::updateLookup);
  add("update-watch", &InfoService::updateWatch);
  add("update-watch-cancel", &InfoService::updateCancel);
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
  const bool document = key == "R" || key == "jobspec";
  const bool current = document && (flags & kCurrent) != 0;
  MC_TRY_ASSIGN(const std::string text, current ? manager::readCurrent(store_, job.id, key)
                                                : manager::readDocument(store_, job.id, key));
  if (!document || (flags & kDecode) == 0) return json::value(text);
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

base::Result<Job*> InfoService::updatable(const Request& request, const Payload& payload) const {
  MC_TRY_ASSIGN(const std::string_view key, formats::getString(payload, "key"));
  MC_TRY_ASSIGN(const int64_t flags, formats::getInteger(payload, "flags"));
  if (flags != 0) return base::fail(EPROTO, "updates are asked for without flags");
  if (key != kR) return base::fail(EINVAL, std::string(key) + ": only R is updated");
  return jobOf(request, payload);
}

base::Result<std::string> InfoService::currentR(const Job& job) {
  json::object answer;
  MC_TRY_ASSIGN(answer[kR], read(job, kR, kDecode | kCurrent));
  return formats::toJson(answer);
}

base::Status InfoService::updateLookup(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const Job* job, updatable(request, payload));
  MC_TRY_ASSIGN(const std::string answer, currentR(*job));
  request.respondText(answer);
  return {};
}

base::Status InfoService::updateWatch(const Request& request, const Payload& payload) {
  if (!request.streaming())
    return base::fail(EPROTO, "update-watch request rejected without streaming RPC flag");
  MC_TRY_ASSIGN(const Job* job, updatable(request, payload));
  MC_TRY_ASSIGN(const std::string answer, currentR(*job));
  request.respondText(answer);
  if (!job->active) return base::fail(ENODATA, "");
  updates_.add(request, job->id);
  return {};
}

base::Status InfoService::updateCancel(const Request& request, const Payload& payload) {
  return updates_.cancel(request, payload);
}

void InfoService::onUpdate(const Job& job, std::string_view event) {
  const auto isOfJob = [&](const auto& watcher) { return watcher.extra == job.id; };
  if (event == "clean")
    updates_.drop([&](const auto& watcher) {
      if (isOfJob(watcher)) watcher.request.fail(ENODATA);
      return isOfJob(watcher);
    });
  if (event != "resource-update" || std::ranges::none_of(updates_.all(), isOfJob)) return;
  const auto answer = currentR(job);
  for (const auto& watcher : updates_.all())
    if (answer && isOfJob(watcher)) watcher.request.respondText(*answer);
}

void InfoService::disconnect(const std::string& sender) {
  updates_.disconnect(sender);
  auto at = bySender_.lower_bound({sender, 0, 0});
  while (at != bySender_.end() && std::get<0>(*at) == sender) {
    const Id id = std::get<2>(*at);
    ++at;
    remove(id);
  }
}

}  // namespace mc::flux::services::info
