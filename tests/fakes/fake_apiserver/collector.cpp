#include "fakes/fake_apiserver/collector.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/definitions.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/remove.hpp"
#include "fakes/fake_apiserver/writes.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

bool going(const json::object& object) {
  return !textAt(object, {"metadata", "deletionTimestamp"}).empty();
}

bool hasFinalizer(const json::object& object, const char* name) {
  const auto& list = arrayAt(object, {"metadata", "finalizers"});
  return std::find(list.begin(), list.end(), json::value(name)) != list.end();
}

bool waitsForDependents(const json::object& object) {
  return going(object) && hasFinalizer(object, "foregroundDeletion");
}

void dropFinalizer(World& world, const StoreKey& key, const StoredObject& object,
                   const char* name) {
  json::object changed = *object;
  auto& meta = metadata(changed);
  auto& list = childArray(meta, "finalizers");
  eraseIf(list, [&](const json::value& item) { return item == json::value(name); });
  if (list.empty()) meta.erase("finalizers");
  commit(world, key, std::move(changed), object);
}

void dropReferences(World& world, const StoreKey& key, const std::set<std::string>& uids) {
  const auto object = world.store.find(key);
  if (!object) return;
  json::object changed = *object;
  auto& meta = metadata(changed);
  auto& list = childArray(meta, "ownerReferences");
  eraseIf(list, [&](const json::value& reference) {
    return reference.is_object() && uids.count(textAt(reference.get_object(), {"uid"})) > 0;
  });
  if (list.empty()) meta.erase("ownerReferences");
  commit(world, key, std::move(changed), object);
}

/// Whether `reference` of an object in `ns` names something that is there.
StoredObject ownerOf(const World& world, const json::object& reference, const std::string& ns) {
  StoreKey key;
  auto owner = world.store.findUid(textAt(reference, {"uid"}), &key);
  if (!owner || (!key.ns.empty() && key.ns != ns)) return nullptr;
  return nameOf(*owner) == textAt(reference, {"name"}) ? owner : nullptr;
}

struct Owners {
  std::set<std::string> gone;
  std::set<std::string> waiting;  ///< being deleted, once their dependents are
  bool solid = false;
};

Owners ownersOf(const World& world, const StoreKey& key, const json::object& object) {
  Owners owners;
  for (const auto& item : arrayAt(object, {"metadata", "ownerReferences"})) {
    if (!item.is_object()) continue;
    const auto uid = textAt(item.get_object(), {"uid"});
    const auto owner = ownerOf(world, item.get_object(), key.ns);
    if (!owner)
      owners.gone.insert(uid);
    else if (waitsForDependents(*owner))
      owners.waiting.insert(uid);
    else
      owners.solid = true;
  }
  return owners;
}

Dependents policyOf(const json::object& object) {
  if (hasFinalizer(object, "orphan")) return Dependents::Orphan;
  if (hasFinalizer(object, "foregroundDeletion")) return Dependents::Foreground;
  return Dependents::Background;
}

/// Deletes an object that has lost its owners, or forgets those that are lost.
void judge(World& world, const StoreKey& key) {
  const auto object = world.store.find(key);
  if (!object || going(*object)) return;
  auto owners = ownersOf(world, key, *object);
  if (owners.gone.empty() && owners.waiting.empty()) return;
  if (owners.solid) {
    owners.gone.merge(owners.waiting);
    return dropReferences(world, key, owners.gone);
  }
  const bool parent = !world.store.dependents(uidOf(*object)).empty();
  removeKey(world, key,
            !owners.waiting.empty() && parent ? Dependents::Foreground : policyOf(*object));
}

bool blocks(const json::object& dependent, const std::string& owner) {
  for (const auto& item : arrayAt(dependent, {"metadata", "ownerReferences"}))
    if (item.is_object() && textAt(item.get_object(), {"uid"}) == owner)
      return trueAt(item.get_object(), {"blockOwnerDeletion"});
  return false;
}

void finishForeground(World& world, const std::string& uid) {
  for (const auto& key : world.store.dependents(uid)) judge(world, key);
  for (const auto& key : world.store.dependents(uid))
    if (blocks(*world.store.find(key), uid)) return;
  StoreKey key;
  if (const auto object = world.store.findUid(uid, &key))
    dropFinalizer(world, key, object, "foregroundDeletion");
}

void finishOrphaning(World& world, const StoreKey& key, const StoredObject& object) {
  const auto uid = uidOf(*object);
  for (const auto& dependent : world.store.dependents(uid)) dropReferences(world, dependent, {uid});
  dropFinalizer(world, key, object, "orphan");
}

/// As the service account controller does for each namespace.
void addServiceAccount(World& world, const std::string& ns) {
  const StoreKey key{"serviceaccounts", ns, "default"};
  if (world.store.find(key)) return;
  world.store.put(key,
                  {{"apiVersion", "v1"},
                   {"kind", "ServiceAccount"},
                   {"metadata", json::object{{"name", "default"},
                                             {"namespace", ns},
                                             {"uid", world.newUid()},
                                             {"creationTimestamp", timestamp(world.wall())}}}});
}

void examine(World& world, const std::string& uid) {
  StoreKey key;
  const auto object = world.store.findUid(uid, &key);
  if (!object) {
    for (const auto& dependent : world.store.dependents(uid)) judge(world, dependent);
    return;
  }
  if (key.type == "namespaces" && !going(*object)) addServiceAccount(world, key.name);
  judge(world, key);
  const auto now = world.store.find(key);
  if (!now || !going(*now)) return;
  if (hasFinalizer(*now, "orphan"))
    finishOrphaning(world, key, now);
  else if (hasFinalizer(*now, "foregroundDeletion"))
    finishForeground(world, uid);
}

/// Empties a namespace that is being deleted; the namespace itself goes last.
void emptyNamespace(World& world, const StoreKey& key) {
  const auto ns = world.store.find(key);
  if (!ns || !going(*ns)) return;
  for (const auto& inside : world.store.inNamespace(key.name)) {
    const auto object = world.store.find(inside);
    if (object && !going(*object)) removeKey(world, inside, Dependents::Background);
  }
  if (!world.store.inNamespace(key.name).empty()) return;
  const auto now = world.store.find(key);
  if (!now) return;
  if (arrayAt(*now, {"metadata", "finalizers"}).empty()) {
    world.store.erase(key);
    world.changed.notify_all();
  }
}

}  // namespace

void noteSuspects(World& world, const StoreKey& key, const json::object& object) {
  world.suspects.push_back(uidOf(object));
  // An owner that waits for its dependents may be ready now.
  for (const auto& reference : arrayAt(object, {"metadata", "ownerReferences"}))
    if (reference.is_object()) world.suspects.push_back(textAt(reference.get_object(), {"uid"}));
  if (key.type == "namespaces" && going(object)) world.emptying.insert(key.name);
}

void noteErased(World& world, const StoreKey& key, const json::object& object) {
  noteSuspects(world, key, object);
  if (key.type == "customresourcedefinitions.apiextensions.k8s.io") undefine(world, object);
}

void runControllers(World& world) {
  if (!world.controllersRun || world.controllersAtWork) return;
  world.controllersAtWork = true;
  while (!world.suspects.empty()) {
    while (!world.suspects.empty()) {
      const auto uid = world.suspects.front();
      world.suspects.pop_front();
      examine(world, uid);
    }
    const auto emptying = world.emptying;
    for (const auto& name : emptying) {
      emptyNamespace(world, {"namespaces", "", name});
      if (!world.store.find({"namespaces", "", name})) world.emptying.erase(name);
    }
  }
  world.controllersAtWork = false;
}

}  // namespace mc::fakes
