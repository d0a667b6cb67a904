#include "kube/informer.hpp"

#include <utility>

namespace mc::kube {

namespace {

/// A copy for all threads, which has no room to spare: that matters for something kept.
ObjectPtr kept(const Object& object) {
  return std::make_shared<const Object>(object, boost::json::storage_ptr());
}

}  // namespace

Informer::Informer(Client& client, Timer& timer, Resource resource, InformerOptions options)
    : resource_(std::move(resource)),
      options_(std::move(options)),
      cache_(options_.indexes),
      reflector_(client, timer, resource_, options_.reflector, *this) {}

Informer::~Informer() {
  stop();
}

void Informer::addHandler(Handler handler) {
  handlers_.push_back(std::move(handler));
}

void Informer::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { reflector_.run(stop); });
}

void Informer::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

bool Informer::synced() const {
  const std::lock_guard lock(mutex_);
  return synced_;
}

bool Informer::waitForSync(const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  return syncedChanged_.wait(lock, stop, [this] { return synced_; });
}

void Informer::beginList() {
  listed_.clear();
}

void Informer::listed(Object object) {
  listed_.insert(keyOf(object));
  put(std::move(object), true);
}

void Informer::endList() {
  for (const ObjectKey& key : cache_.keys())
    if (!listed_.contains(key)) erase(key, cache_.get(key), true);
  listed_ = {};
  const std::lock_guard lock(mutex_);
  synced_ = true;
  syncedChanged_.notify_all();
}

void Informer::changed(WatchEvent event) {
  if (event.type != EventType::Deleted) return put(std::move(event.object), false);
  if (options_.transform) options_.transform(event.object);
  const ObjectKey key = keyOf(event.object);
  erase(key, kept(event.object), false);
}

void Informer::failed(const Error& error) {
  if (options_.onError) options_.onError(error);
}

void Informer::put(Object object, bool fromList) {
  if (options_.transform) options_.transform(object);
  const ObjectPtr after = kept(object);
  const ObjectPtr before = cache_.put(after);
  if (before && resourceVersionOf(*before) == resourceVersionOf(*after)) return;
  tell({.before = before, .after = after, .fromList = fromList});
}

void Informer::erase(const ObjectKey& key, ObjectPtr last, bool fromList) {
  if (!cache_.erase(key)) return;
  tell({.before = std::move(last), .fromList = fromList});
}

void Informer::tell(const Change& change) const {
  for (const Handler& handler : handlers_) handler(change);
}

}  // namespace mc::kube
