#include "fakes/fake_apiserver/store.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::vector<std::string> ownerUids(const json::object& object) {
  std::vector<std::string> uids;
  for (const auto& reference : arrayAt(object, {"metadata", "ownerReferences"}))
    if (reference.is_object()) uids.push_back(textAt(reference.get_object(), {"uid"}));
  return uids;
}

bool selects(const StoreKey& key, const std::string& type, const std::string& ns) {
  return key.type == type && (ns.empty() || key.ns == ns);
}

StoredObject withRevision(json::object object, int64_t revision) {
  metadata(object)["resourceVersion"] = std::to_string(revision);
  return std::make_shared<const json::object>(std::move(object));
}

}  // namespace

void Store::compact(int64_t revision) {
  compacted_ = std::max(compacted_, std::min(revision, revision_));
}

StoredObject Store::find(const StoreKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

StoredObject Store::findUid(const std::string& uid, StoreKey* key) const {
  const auto found = byUid_.find(uid);
  if (found == byUid_.end()) return nullptr;
  if (key) *key = found->second;
  return find(found->second);
}

std::vector<std::pair<StoreKey, StoredObject>> Store::list(const std::string& type,
                                                           const std::string& ns,
                                                           int64_t revision) const {
  Objects then;
  for (auto at = objects_.lower_bound({type, ns, ""}); at != objects_.end(); ++at) {
    if (!selects(at->first, type, ns)) break;
    then.insert(*at);
  }
  for (auto change = history_.rbegin(); change != history_.rend(); ++change) {
    if (change->revision <= revision) break;
    if (!selects(change->key, type, ns)) continue;
    if (change->before)
      then[change->key] = change->before;
    else
      then.erase(change->key);
  }
  return {then.begin(), then.end()};
}

std::vector<StoreKey> Store::inNamespace(const std::string& ns) const {
  std::vector<StoreKey> keys;
  for (const auto& [key, object] : objects_)
    if (key.ns == ns) keys.push_back(key);
  return keys;
}

std::vector<StoreKey> Store::dependents(const std::string& uid) const {
  const auto found = byOwner_.find(uid);
  if (found == byOwner_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

StoredObject Store::put(const StoreKey& key, json::object object) {
  auto& place = objects_[key];
  const auto before = place;
  if (before) unindex(key, *before);
  place = withRevision(std::move(object), ++revision_);
  index(key, *place);
  history_.push_back(
      {revision_, before ? Change::Kind::Modified : Change::Kind::Added, key, place, before});
  return place;
}

StoredObject Store::erase(const StoreKey& key) {
  const auto found = objects_.find(key);
  const auto before = found->second;
  unindex(key, *before);
  objects_.erase(found);
  const auto last = withRevision(*before, ++revision_);
  history_.push_back({revision_, Change::Kind::Deleted, key, last, before});
  return last;
}

void Store::index(const StoreKey& key, const json::object& object) {
  byUid_[uidOf(object)] = key;
  for (const auto& uid : ownerUids(object)) byOwner_[uid].insert(key);
}

void Store::unindex(const StoreKey& key, const json::object& object) {
  byUid_.erase(uidOf(object));
  for (const auto& uid : ownerUids(object)) {
    const auto owned = byOwner_.find(uid);
    if (owned == byOwner_.end()) continue;
    owned->second.erase(key);
    if (owned->second.empty()) byOwner_.erase(owned);
  }
}

}  // namespace mc::fakes
