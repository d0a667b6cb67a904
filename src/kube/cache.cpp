#include "kube/cache.hpp"

#include <algorithm>

namespace mc::kube {

namespace {

std::vector<std::string> oneOrNone(std::string_view value) {
  if (value.empty()) return {};
  return {std::string(value)};
}

}  // namespace

IndexFunction byControllerUid() {
  return [](const Object& object) { return oneOrNone(controllerUidOf(object)); };
}

IndexFunction byLabel(std::string label) {
  return [label = std::move(label)](const Object& object) {
    return oneOrNone(labelOf(object, label));
  };
}

IndexFunction byNamespace() {
  return [](const Object& object) { return oneOrNone(namespaceOf(object)); };
}

Cache::Cache(Indexes indexes) {
  for (auto& [name, values] : indexes) indexes_[name] = {std::move(values), {}};
}

ObjectPtr Cache::get(const ObjectKey& key) const {
  const std::shared_lock lock(mutex_);
  const auto at = objects_.find(key);
  return at == objects_.end() ? nullptr : at->second;
}

std::vector<ObjectPtr> Cache::find(const std::string& index, const std::string& value) const {
  std::vector<ObjectPtr> found;
  const std::shared_lock lock(mutex_);
  const auto at = indexes_.find(index);
  if (at == indexes_.end()) return found;
  const auto bucket = at->second.buckets.find(value);
  if (bucket == at->second.buckets.end()) return found;
  found.reserve(bucket->second.size());
  for (const ObjectKey& key : bucket->second) found.push_back(objects_.at(key));
  return found;
}

std::vector<ObjectPtr> Cache::all() const {
  std::vector<ObjectPtr> objects;
  {
    const std::shared_lock lock(mutex_);
    objects.reserve(objects_.size());
    for (const auto& [key, object] : objects_) objects.push_back(object);
  }
  std::ranges::sort(objects, {}, [](const ObjectPtr& object) {
    return std::pair(namespaceOf(*object), nameOf(*object));
  });
  return objects;
}

std::vector<ObjectKey> Cache::keys() const {
  std::vector<ObjectKey> keys;
  {
    const std::shared_lock lock(mutex_);
    keys.reserve(objects_.size());
    for (const auto& [key, object] : objects_) keys.push_back(key);
  }
  std::ranges::sort(keys);
  return keys;
}

size_t Cache::size() const {
  const std::shared_lock lock(mutex_);
  return objects_.size();
}

ObjectPtr Cache::put(const ObjectPtr& object) {
  const ObjectKey key = keyOf(*object);
  const std::unique_lock lock(mutex_);
  ObjectPtr& place = objects_[key];
  ObjectPtr before = std::exchange(place, object);
  if (before) leave(key, *before);
  enter(key, *object);
  return before;
}

ObjectPtr Cache::erase(const ObjectKey& key) {
  const std::unique_lock lock(mutex_);
  const auto at = objects_.find(key);
  if (at == objects_.end()) return nullptr;
  ObjectPtr before = std::move(at->second);
  leave(key, *before);
  objects_.erase(at);
  return before;
}

void Cache::enter(const ObjectKey& key, const Object& object) {
  for (auto& [name, index] : indexes_)
    for (const std::string& value : index.values(object)) index.buckets[value].insert(key);
}

void Cache::leave(const ObjectKey& key, const Object& object) {
  for (auto& [name, index] : indexes_) {
    for (const std::string& value : index.values(object)) {
      const auto bucket = index.buckets.find(value);
      if (bucket == index.buckets.end()) continue;
      bucket->second.erase(key);
      if (bucket->second.empty()) index.buckets.erase(bucket);
    }
  }
}

}  // namespace mc::kube
