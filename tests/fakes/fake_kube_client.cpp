#include "fakes/fake_kube_client.hpp"

#include <algorithm>

namespace mc::fakes {

using kube::Error;
using kube::Object;
using kube::ObjectKey;
using kube::Reason;
using kube::Resource;

namespace {

Error missing(const Resource& resource, const ObjectKey& key) {
  return {Reason::NotFound, resource.groupResource() + " \"" + key.name + "\" not found", 404};
}

Object& metadataOf(Object& object) {
  boost::json::value& metadata = object["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  return metadata.as_object();
}

/// RFC 7386.
void mergeInto(boost::json::value& target, const boost::json::value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target.emplace_object();
  for (const auto& [key, value] : patch.get_object()) {
    if (value.is_null())
      target.get_object().erase(key);
    else
      mergeInto(target.get_object()[key], value);
  }
}

}  // namespace

std::string KubeCall::text() const {
  std::string text = verb + " " + resource;
  if (!subresource.empty()) text += "/" + subresource;
  if (!key.name.empty()) return text + " " + key.text();
  return key.ns.empty() ? text : text + " " + key.ns;
}

Object FakeKubeClient::put(const Resource& resource, const Object& object) {
  const std::lock_guard lock(mutex_);
  return store(resource, object);
}

void FakeKubeClient::erase(const Resource& resource, const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  Objects& all = objects_[resource.groupResource()];
  if (const auto at = all.find(key); at != all.end()) drop(resource, at);
}

std::optional<Object> FakeKubeClient::stored(const Resource& resource, const ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto all = objects_.find(resource.groupResource());
  if (all == objects_.end()) return {};
  const auto at = all->second.find(key);
  return at == all->second.end() ? std::nullopt : std::optional(at->second);
}

size_t FakeKubeClient::count(const Resource& resource) const {
  const std::lock_guard lock(mutex_);
  const auto all = objects_.find(resource.groupResource());
  return all == objects_.end() ? 0 : all->second.size();
}

std::vector<KubeCall> FakeKubeClient::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<std::string> FakeKubeClient::log() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> texts;
  for (const KubeCall& call : calls_) texts.push_back(call.text());
  return texts;
}

void FakeKubeClient::forgetCalls() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
}

void FakeKubeClient::awaitCalls(const std::string& text, size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const auto made =
        std::ranges::count_if(calls_, [&](const KubeCall& call) { return call.text() == text; });
    return static_cast<size_t>(made) >= count;
  });
}

void FakeKubeClient::endWatches(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  ++watchRound_;
  watchError_ = std::move(error);
  changed_.notify_all();
}

void FakeKubeClient::bookmark(const Resource& resource) {
  const std::lock_guard lock(mutex_);
  const uint64_t version = ++version_;
  history_.push_back({version, resource.groupResource(), kube::EventType::Bookmark,
                      Object{{"metadata", Object{{"resourceVersion", std::to_string(version)}}}}});
  changed_.notify_all();
}

void FakeKubeClient::compact() {
  const std::lock_guard lock(mutex_);
  compacted_ = ++version_;
  history_.clear();
}

uint64_t FakeKubeClient::watchRound() const {
  const std::lock_guard lock(mutex_);
  return watchRound_;
}

kube::Status FakeKubeClient::record(KubeCall call) {
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(call);
    changed_.notify_all();
  }
  if (!onCall) return {};
  if (auto error = onCall(call)) return tl::make_unexpected(std::move(*error));
  return {};
}

kube::Result<Object> FakeKubeClient::answer(const KubeCall& call, Object object) {
  if (onAnswer)
    if (auto error = onAnswer(call)) return tl::make_unexpected(std::move(*error));
  return object;
}

Object FakeKubeClient::store(const Resource& resource, Object object) {
  const ObjectKey key = kube::keyOf(object);
  Objects& all = objects_[resource.groupResource()];
  const auto at = all.find(key);
  const bool isNew = at == all.end();
  Object& metadata = metadataOf(object);
  if (isNew && !metadata.contains("uid")) metadata["uid"] = "uid-" + std::to_string(nextUid_++);
  if (!isNew) metadata["uid"] = kube::uidOf(at->second);
  metadata["resourceVersion"] = std::to_string(++version_);
  object["apiVersion"] = resource.apiVersion();
  object["kind"] = resource.kind;
  all[key] = object;
  history_.push_back({version_, resource.groupResource(),
                      isNew ? kube::EventType::Added : kube::EventType::Modified, object});
  changed_.notify_all();
  return object;
}

void FakeKubeClient::drop(const Resource& resource, Objects::iterator at) {
  Object object = std::move(at->second);
  objects_[resource.groupResource()].erase(at);
  metadataOf(object)["resourceVersion"] = std::to_string(++version_);
  history_.push_back(
      {version_, resource.groupResource(), kube::EventType::Deleted, std::move(object)});
  changed_.notify_all();
}

Object* FakeKubeClient::findObject(const Resource& resource, const ObjectKey& key) {
  Objects& all = objects_[resource.groupResource()];
  const auto at = all.find(key);
  return at == all.end() ? nullptr : &at->second;
}

kube::Result<Object> FakeKubeClient::get(const Resource& resource, const ObjectKey& key,
                                         const kube::GetOptions& options,
                                         const kube::CallOptions&) {
  MC_TRY(record({"get", resource.groupResource(), key, options.subresource, {}, {}}));
  const std::lock_guard lock(mutex_);
  const Object* object = findObject(resource, key);
  if (object == nullptr) return tl::make_unexpected(missing(resource, key));
  return *object;
}

kube::Result<kube::ListInfo> FakeKubeClient::list(const Resource& resource,
                                                  const kube::ListOptions& options,
                                                  const kube::ItemHandler& onItem,
                                                  const kube::CallOptions&) {
  MC_TRY(record({"list", resource.groupResource(), {options.ns, ""}, {}, {}, {}}));
  std::vector<Object> items;
  std::string version;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, object] : objects_[resource.groupResource()])
      if (options.ns.empty() || key.ns == options.ns) items.push_back(object);
    version = std::to_string(version_);
  }
  for (Object& item : items) onItem(std::move(item));
  return kube::ListInfo{version};
}

std::optional<FakeKubeClient::Happened> FakeKubeClient::nextEvent(const Resource& resource,
                                                                  const std::string& ns,
                                                                  uint64_t after) const {
  for (const Happened& event : history_) {
    const bool mine = event.version > after && event.resource == resource.groupResource();
    const bool anywhere = ns.empty() || event.type == kube::EventType::Bookmark;
    if (mine && (anywhere || kube::namespaceOf(event.object) == ns)) return event;
  }
  return {};
}

kube::Status FakeKubeClient::watch(const Resource& resource, const kube::WatchOptions& options,
                                   const kube::EventHandler& onEvent,
                                   const kube::CallOptions& call) {
  const uint64_t round = watchRound();  // before the test can see the call and end the watches
  MC_TRY(record(
      {"watch", resource.groupResource(), {options.ns, ""}, {}, {}, options.resourceVersion}));
  uint64_t seen = std::stoull(options.resourceVersion);
  std::unique_lock lock(mutex_);
  if (seen < compacted_) return kube::fail(Reason::Gone, "too old resource version");
  while (true) {
    std::optional<Happened> event;
    const bool awake = changed_.wait(lock, call.stop, [&] {
      event = nextEvent(resource, options.ns, seen);
      return event || watchRound_ != round;
    });
    if (!awake) return kube::fail(Reason::Canceled, "canceled");
    if (!event && watchError_) return tl::make_unexpected(*watchError_);
    if (!event) return {};
    seen = event->version;
    lock.unlock();
    if (!onEvent({event->type, std::move(event->object)})) return {};
    lock.lock();
  }
}

kube::Result<Object> FakeKubeClient::create(const Resource& resource, const Object& object,
                                            const kube::WriteOptions& options,
                                            const kube::CallOptions&) {
  const KubeCall call{
      "create", resource.groupResource(), kube::keyOf(object), options.subresource, object, {}};
  MC_TRY(record(call));
  Object made;
  {
    const std::lock_guard lock(mutex_);
    if (findObject(resource, call.key) != nullptr)
      return tl::make_unexpected(
          Error(Reason::AlreadyExists,
                resource.groupResource() + " \"" + call.key.name + "\" already exists", 409));
    made = options.dryRun ? object : store(resource, object);
  }
  return answer(call, std::move(made));
}

kube::Result<Object> FakeKubeClient::update(const Resource& resource, const Object& object,
                                            const kube::WriteOptions& options,
                                            const kube::CallOptions&) {
  const KubeCall call{
      "update", resource.groupResource(), kube::keyOf(object), options.subresource, object, {}};
  MC_TRY(record(call));
  Object written;
  {
    const std::lock_guard lock(mutex_);
    const Object* before = findObject(resource, call.key);
    if (before == nullptr) return tl::make_unexpected(missing(resource, call.key));
    const std::string_view version = kube::resourceVersionOf(object);
    if (!version.empty() && version != kube::resourceVersionOf(*before))
      return tl::make_unexpected(Error(Reason::Conflict, "the object has been modified", 409));
    Object next = object;
    if (options.subresource == "status") {
      next = *before;
      next["status"] = object.contains("status") ? object.at("status") : Object();
    }
    written = options.dryRun ? next : store(resource, std::move(next));
  }
  return answer(call, std::move(written));
}

kube::Result<Object> FakeKubeClient::merge(const KubeCall& call, const Resource& resource,
                                           bool create) {
  MC_TRY(record(call));
  Object written;
  {
    const std::lock_guard lock(mutex_);
    const Object* before = findObject(resource, call.key);
    if (before == nullptr && !create) return tl::make_unexpected(missing(resource, call.key));
    boost::json::value next = before == nullptr ? Object() : *before;
    mergeInto(next, call.body);
    Object& metadata = metadataOf(next.as_object());
    metadata["name"] = call.key.name;
    if (!call.key.ns.empty()) metadata["namespace"] = call.key.ns;
    written = before != nullptr && next == boost::json::value(*before)
                  ? *before
                  : store(resource, std::move(next.as_object()));
  }
  return answer(call, std::move(written));
}

kube::Result<Object> FakeKubeClient::patch(const Resource& resource, const ObjectKey& key,
                                           kube::PatchType type, const boost::json::value& patch,
                                           const kube::WriteOptions& options,
                                           const kube::CallOptions&) {
  if (type != kube::PatchType::Merge)
    return kube::fail(Reason::UnsupportedType, "FakeKubeClient knows merge patches only");
  return merge({"patch", resource.groupResource(), key, options.subresource, patch, {}}, resource,
               false);
}

kube::Result<Object> FakeKubeClient::apply(const Resource& resource, const Object& object,
                                           const kube::ApplyOptions& options,
                                           const kube::CallOptions&) {
  return merge(
      {"apply", resource.groupResource(), kube::keyOf(object), options.subresource, object, {}},
      resource, options.subresource.empty());
}

kube::Result<Object> FakeKubeClient::remove(const Resource& resource, const ObjectKey& key,
                                            const kube::DeleteOptions& options,
                                            const kube::CallOptions&) {
  const KubeCall call{"delete", resource.groupResource(), key, {}, {}, {}};
  MC_TRY(record(call));
  Object gone;
  {
    const std::lock_guard lock(mutex_);
    Objects& all = objects_[resource.groupResource()];
    const auto at = all.find(key);
    if (at == all.end()) return tl::make_unexpected(missing(resource, key));
    if (!options.uid.empty() && options.uid != kube::uidOf(at->second))
      return tl::make_unexpected(Error(Reason::Conflict, "the UID differs", 409));
    gone = at->second;
    if (!options.dryRun) drop(resource, at);
  }
  return answer(call, std::move(gone));
}

kube::Result<boost::json::value> FakeKubeClient::getRaw(const std::string& path,
                                                        const kube::CallOptions&) {
  MC_TRY(record({"raw", path, {}, {}, {}, {}}));
  return tl::make_unexpected(Error(Reason::NotFound, path + " not found", 404));
}

}  // namespace mc::fakes
