#include "fakes/fake_apiserver/remove.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/collector.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/writes.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

Outcome<void> checkPreconditions(const Target& target, const json::object& live,
                                 const RemoveOptions& options) {
  const auto& type = *target.type;
  const auto differs = [&](const std::string& what, const std::string& wanted,
                           const std::string& found, const std::string& guess) {
    // Like the real one, which names the kind here instead of the resource.
    return refuse(conflict(type.group(), type.kind, target.name,
                           "the " + what + " in the precondition (" + wanted +
                               ") does not match the " + what + " in record (" + found +
                               "). The object might have been " + guess));
  };
  if (!options.uid.empty() && options.uid != uidOf(live))
    return differs("UID", options.uid, uidOf(live), "deleted and then recreated");
  const auto version = textAt(live, {"metadata", "resourceVersion"});
  if (!options.resourceVersion.empty() && options.resourceVersion != version)
    return differs("ResourceVersion", options.resourceVersion, version, "modified");
  return {};
}

void setFinalizer(json::object& object, const char* name, bool wanted) {
  auto& meta = metadata(object);
  auto& list = childArray(meta, "finalizers");
  const auto found = std::find(list.begin(), list.end(), json::value(name));
  if (wanted && found == list.end()) list.emplace_back(name);
  if (!wanted && found != list.end()) list.erase(found);
  if (list.empty()) meta.erase("finalizers");
}

void noteDependents(const ResourceType& type, json::object& object, Dependents dependents) {
  if (dependents == Dependents::Default && type.orphansByDefault) dependents = Dependents::Orphan;
  if (dependents == Dependents::Default) return;
  setFinalizer(object, "orphan", dependents == Dependents::Orphan);
  setFinalizer(object, "foregroundDeletion", dependents == Dependents::Foreground);
}

/// How long the kubelet gets to end a pod; 0 for all that no node runs.
int64_t grace(const ResourceType& type, const json::object& object, const RemoveOptions& options) {
  if (!type.gracefulDeletion || textAt(object, {"spec", "nodeName"}).empty()) return 0;
  const auto phase = textAt(object, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") return 0;
  if (options.gracePeriodSeconds) return *options.gracePeriodSeconds;
  return numberAt(object, {"spec", "terminationGracePeriodSeconds"}).value_or(30);
}

/// Marks an object as going; a second delete only shortens its grace.
void markDeleted(World& world, json::object& object, int64_t seconds) {
  auto& meta = metadata(object);
  const auto current = numberAt(object, {"metadata", "deletionGracePeriodSeconds"});
  const bool isNamespace = textAt(object, {"kind"}) == "Namespace";
  if (current && *current <= seconds) return;
  if (isNamespace && meta.contains("deletionTimestamp")) return;
  meta["deletionTimestamp"] = timestamp(world.wall() + static_cast<double>(seconds));
  if (!isNamespace) meta["deletionGracePeriodSeconds"] = seconds;
  if (!current)
    if (const auto generation = numberAt(object, {"metadata", "generation"}))
      meta["generation"] = *generation + 1;
}

struct Removal {
  StoredObject object;
  bool gone = false;
};

Removal removeFound(World& world, const StoreKey& key, const ResourceType& type,
                    const StoredObject& live, const RemoveOptions& options) {
  json::object object = *live;
  noteDependents(type, object, options.dependents);
  const auto seconds = grace(type, object, options);
  const bool held = !arrayAt(object, {"metadata", "finalizers"}).empty() || seconds > 0 ||
                    type.kind == "Namespace";
  if (!held) {
    if (options.dryRun) return {live, true};
    const auto last = world.store.erase(key);
    noteErased(world, key, *last);
    runControllers(world);
    world.changed.notify_all();
    return {last, true};
  }
  markDeleted(world, object, seconds);
  if (type.kind == "Namespace") child(object, "status")["phase"] = "Terminating";
  if (options.dryRun) return {std::make_shared<const json::object>(std::move(object)), false};
  return {commit(world, key, std::move(object), live), false};
}

}  // namespace

Outcome<RemoveOptions> readRemoveOptions(const json::object& body) {
  RemoveOptions options;
  const auto policy = textAt(body, {"propagationPolicy"});
  const auto* orphan = at(body, {"orphanDependents"});
  if (policy == "Background") options.dependents = Dependents::Background;
  if (policy == "Foreground") options.dependents = Dependents::Foreground;
  if (policy == "Orphan") options.dependents = Dependents::Orphan;
  if (orphan && orphan->is_bool())
    options.dependents = orphan->get_bool() ? Dependents::Orphan : Dependents::Background;
  if (!policy.empty() && options.dependents == Dependents::Default)
    return refuse(invalid("meta.k8s.io", "DeleteOptions", "",
                          {unsupportedValue("propagationPolicy", quoted(policy),
                                            {"Foreground", "Background", "Orphan", "nil"})}));
  options.uid = textAt(body, {"preconditions", "uid"});
  options.resourceVersion = textAt(body, {"preconditions", "resourceVersion"});
  options.gracePeriodSeconds = numberAt(body, {"gracePeriodSeconds"});
  options.dryRun = !arrayAt(body, {"dryRun"}).empty();
  return options;
}

Outcome<json::object> removeObject(World& world, const Target& target,
                                   const RemoveOptions& options) {
  const auto& type = *target.type;
  const auto live = world.store.find(target.key());
  if (!live) return refuse(notFound(type.group(), type.plural, target.name));
  MC_TRY(checkPreconditions(target, *live, options));
  const auto removal = removeFound(world, target.key(), type, live, options);
  if (removal.gone && !type.answersDeleted)
    return successStatus(type, target.version.group, target.name, uidOf(*live));
  return fromStored(target, *removal.object);
}

void removeKey(World& world, const StoreKey& key, Dependents dependents) {
  const auto live = world.store.find(key);
  const auto type = world.types.byId(key.type);
  if (live && type) removeFound(world, key, *type, live, {.dependents = dependents});
}

}  // namespace mc::fakes
