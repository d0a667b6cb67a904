#include "fakes/fake_apiserver/watch.hpp"

#include <algorithm>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::optional<std::chrono::steady_clock::time_point> deadlineOf(const WatchQuery& query) {
  if (!query.timeoutSeconds) return std::nullopt;
  return std::chrono::steady_clock::now() + std::chrono::seconds(*query.timeoutSeconds);
}

ApiError badOptions(const std::vector<ApiCause>& causes) {
  return invalid("meta.k8s.io", "ListOptions", "", causes);
}

Outcome<void> checkInitialEvents(const WatchQuery& query) {
  if (query.sendInitialEvents && query.resourceVersionMatch != "NotOlderThan")
    return refuse(badOptions({forbiddenValue(
        "resourceVersionMatch",
        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")}));
  if (!query.sendInitialEvents && !query.resourceVersionMatch.empty())
    return refuse(badOptions({forbiddenValue(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")}));
  return {};
}

}  // namespace

Watch::Watch(World& world, Target target, Selection selection, const WatchQuery& query)
    : world_(world),
      target_(std::move(target)),
      selection_(std::move(selection)),
      bookmarks_(query.bookmarks),
      deadline_(deadlineOf(query)),
      bookmarksSeen_(world.bookmarks),
      dropsSeen_(world.drops) {}

Outcome<std::unique_ptr<Watch>> Watch::begin(World& world, const Target& target,
                                             const WatchQuery& query) {
  MC_TRY(checkInitialEvents(query));
  MC_TRY_ASSIGN(auto selection, readSelection(target, query.labelSelector, query.fieldSelector));
  const std::lock_guard lock(world.mutex);
  std::unique_ptr<Watch> watch(new Watch(world, target, std::move(selection), query));
  MC_TRY(watch->start(query));
  return watch;
}

Outcome<void> Watch::start(const WatchQuery& query) {
  const auto& history = world_.store.history();
  const auto current = world_.store.revision();
  const bool fromNow = query.resourceVersion.empty() || query.resourceVersion == "0";
  int64_t from = current;
  if (!fromNow) {
    MC_TRY_ASSIGN(from, readRevision(query.resourceVersion));
  }
  if (query.sendInitialEvents && from > current) return refuse(revisionTooLarge(from, current));
  if (query.sendInitialEvents || fromNow) {
    sendInitial(query.sendInitialEvents);
    from = current;
  } else if (from < world_.store.compacted()) {
    expire(from);
  }
  cursor_ = static_cast<size_t>(std::upper_bound(history.begin(), history.end(), from,
                                                 [](int64_t revision, const Change& change) {
                                                   return revision < change.revision;
                                                 }) -
                                history.begin());
  return {};
}

void Watch::sendInitial(bool endMark) {
  for (const auto& [key, object] :
       world_.store.list(target_.type->id(), target_.ns, world_.store.revision())) {
    const auto shown = fromStored(target_, *object);
    if (shown && selection_.matches(*shown)) push("ADDED", *shown);
  }
  if (endMark && bookmarks_) pushBookmark(true);
}

void Watch::expire(int64_t wanted) {
  push("ERROR", toStatus(expired("too old resource version: " + std::to_string(wanted) + " (" +
                                 std::to_string(world_.store.compacted()) + ")")));
  over_ = true;
}

std::optional<json::object> Watch::next(const std::stop_token& stop) {
  std::unique_lock lock(world_.mutex);
  const auto ready = [this] { return !pending_.empty() || !collect() || !pending_.empty(); };
  if (deadline_)
    world_.changed.wait_until(lock, stop, *deadline_, ready);
  else
    world_.changed.wait(lock, stop, ready);
  if (stop.stop_requested()) return std::nullopt;
  if (pending_.empty()) return std::nullopt;
  auto event = std::move(pending_.front());
  pending_.pop_front();
  if (deadline_ && pending_.empty() && std::chrono::steady_clock::now() >= *deadline_) over_ = true;
  return event;
}

bool Watch::collect() {
  if (over_) return false;
  const auto& history = world_.store.history();
  while (cursor_ < history.size()) take(history[cursor_++]);
  if (bookmarks_ && bookmarksSeen_ != world_.bookmarks) pushBookmark(false);
  bookmarksSeen_ = world_.bookmarks;
  over_ = dropsSeen_ != world_.drops;
  return !over_;
}

void Watch::take(const Change& change) {
  if (change.key.type != target_.type->id() || (!target_.ns.empty() && change.key.ns != target_.ns))
    return;
  if (!target_.name.empty() && change.key.name != target_.name) return;
  const auto now = fromStored(target_, *change.now);
  const auto before = change.before ? fromStored(target_, *change.before) : now;
  if (!now || !before) return;
  const bool matched = change.before && selection_.matches(*before);
  const bool matches = change.kind != Change::Kind::Deleted && selection_.matches(*now);
  if (matches) return push(matched ? "MODIFIED" : "ADDED", *now);
  if (!matched) return;
  // What leaves the selection is shown as it was, at the revision of its leaving.
  json::object last = *before;
  metadata(last)["resourceVersion"] = std::to_string(change.revision);
  push("DELETED", last);
}

void Watch::push(const char* type, const json::object& object) {
  pending_.push_back({{"type", type}, {"object", object}});
}

void Watch::pushBookmark(bool endOfInitial) {
  json::object meta{{"resourceVersion", std::to_string(world_.store.revision())}};
  if (endOfInitial) meta["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  push("BOOKMARK", {{"kind", target_.type->kind},
                    {"apiVersion", target_.version.apiVersion()},
                    {"metadata", std::move(meta)}});
}

}  // namespace mc::fakes
