#include "fakes/fake_apiserver/writes.hpp"

#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/collector.hpp"
#include "fakes/fake_apiserver/definitions.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/metadata_rules.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr auto kNamespaceTerminating = "NamespaceTerminating";
constexpr auto kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";

ApiError namespaceGoes(const Target& target, const std::string& name) {
  auto error = forbidden(
      target.type->group(), target.type->plural, name,
      "unable to create new content in namespace " + target.ns + " because it is being terminated");
  error.details["causes"] =
      json::array{{{"reason", kNamespaceTerminating},
                   {"message", "namespace " + target.ns + " is being terminated"},
                   {"field", "metadata.namespace"}}};
  return error;
}

Outcome<void> checkNamespace(const World& world, const Target& target, const std::string& name) {
  if (!target.type->namespaced) return {};
  const auto ns = world.store.find({"namespaces", "", target.ns});
  if (!ns) return refuse(notFound("", "namespaces", target.ns));
  if (!textAt(*ns, {"metadata", "deletionTimestamp"}).empty())
    return refuse(namespaceGoes(target, name));
  return {};
}

/// Whether a body is meant for this path; fills in what it left out.
Outcome<void> checkBody(const Target& target, json::object& object) {
  const auto version = textAt(object, {"apiVersion"});
  const auto kind = textAt(object, {"kind"});
  if (!version.empty() && version != target.version.apiVersion())
    return refuse(badRequest("the API version in the data (" + version +
                             ") does not match the expected API version (" +
                             target.version.apiVersion() + ")"));
  if (!kind.empty() && kind != target.type->kind)
    return refuse(badRequest(kind + " in version \"" + version + "\" cannot be handled as a " +
                             target.type->kind + ": no kind \"" + kind + "\" is registered"));
  const auto ns = namespaceOf(object);
  if (!ns.empty() && ns != target.ns)
    return refuse(badRequest(
        "the namespace of the provided object does not match the namespace sent on the request"));
  const auto name = nameOf(object);
  if (!target.name.empty() && !name.empty() && name != target.name)
    return refuse(badRequest("the name of the object (" + name +
                             ") does not match the name on the URL (" + target.name + ")"));
  auto& meta = metadata(object);
  if (target.type->namespaced) meta["namespace"] = target.ns;
  if (!target.name.empty()) meta["name"] = target.name;
  return {};
}

FieldOwner ownerOf(const Target& target, const WriteContext& context, bool applies) {
  return {context.fieldManager, applies, target.version.apiVersion(), target.subresource};
}

ApiError undecodable(const ResourceType& type, const std::string& why) {
  return badRequest(type.kind + " in version " + quoted(type.storedVersion().version) +
                    " cannot be handled as a " + type.kind + ": " + why);
}

/// Drops what the schema doesn't know; an error if the client asked for one.
Outcome<void> dropUnknown(const ResourceType& type, json::object& object,
                          const WriteContext& context) {
  if (type.decode)
    if (const auto why = type.decode(object); !why.empty()) return refuse(undecodable(type, why));
  if (!type.prune) return {};
  const auto unknown = type.prune(object);
  if (unknown.empty() || !context.strict) return {};
  std::string fields;
  for (const auto& field : unknown)
    fields += (fields.empty() ? "unknown field " : ", unknown field ") + quoted(field);
  return refuse(undecodable(type, "strict decoding error: " + fields));
}

void runHooks(World& world, const ResourceType& type, json::object& object, bool create) {
  const auto context = world.hookContext(uidOf(object));
  if (create && type.prepareCreate) type.prepareCreate(object, context);
  if (type.defaults) type.defaults(object, context);
}

Outcome<void> validate(const ResourceType& type, const json::object& now,
                       const json::object* before) {
  auto causes = checkMetadata(type, now, before);
  if (type.validate)
    for (auto& cause : type.validate(now, before)) causes.push_back(std::move(cause));
  if (causes.empty()) return {};
  return refuse(invalid(type.group(), type.kind, nameOf(now), causes));
}

void stampNew(World& world, const ResourceType& type, json::object& object) {
  auto& meta = metadata(object);
  if (nameOf(object).empty() && !textAt(object, {"metadata", "generateName"}).empty())
    meta["name"] = textAt(object, {"metadata", "generateName"}) + world.newSuffix();
  meta["uid"] = world.newUid();
  meta["creationTimestamp"] = timestamp(world.wall());
  for (const auto* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion",
                            "selfLink", "generation"})
    meta.erase(field);
  if (type.generation) meta["generation"] = 1;
  if (type.status) object.erase("status");
}

/// Metadata that only the server writes stays as it is.
void keepServerFields(const json::object& before, json::object& now) {
  auto& meta = metadata(now);
  const auto& old = objectAt(before, {"metadata"});
  for (const auto* field :
       {"uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
        "resourceVersion", "selfLink", "generateName", "managedFields"})
    copyMember(old, meta, field);
}

/// The part that this endpoint may write; the rest stays as it was.
void keepOtherHalf(const Target& target, const json::object& before, json::object& now) {
  if (!target.type->status) return;
  if (target.subresource != "status") return copyMember(before, now, "status");
  json::object half = before;
  copyMember(now, half, "status");
  if (!target.type->custom) copyMember(now, half, "metadata");
  now = std::move(half);
}

/// Everything but metadata and status counts as spec.
bool specChanged(const ResourceType& type, const json::object& before, const json::object& now) {
  json::object old = before;
  json::object fresh = now;
  for (auto* object : {&old, &fresh}) {
    object->erase("metadata");
    object->erase("apiVersion");
    if (type.status) object->erase("status");
  }
  return old != fresh;
}

Outcome<void> checkPreconditions(const Target& target, const json::object& live,
                                 const json::object& wanted) {
  const auto& type = *target.type;
  const auto uid = uidOf(wanted);
  if (!uid.empty() && uid != uidOf(live))
    return refuse(conflict(type.group(), type.plural, target.name,
                           "Precondition failed: UID in precondition: " + uid +
                               ", UID in object meta: " + uidOf(live)));
  const auto version = textAt(wanted, {"metadata", "resourceVersion"});
  if (!version.empty() && version != textAt(live, {"metadata", "resourceVersion"}))
    return refuse(staleVersion(type.group(), type.plural, target.name));
  return {};
}

/// Brings a changed object through hooks, checks and the store. `stored` may already carry new
/// managedFields (apply); else the change is recorded for the context's manager.
Outcome<Written> finishChange(World& world, const Target& target, const StoredObject& before,
                              json::object stored, const WriteContext& context, bool applied) {
  const auto& type = *target.type;
  const auto managed = at(stored, {"metadata", "managedFields"})
                           ? *at(stored, {"metadata", "managedFields"})
                           : json::value();
  keepServerFields(*before, stored);
  keepOtherHalf(target, *before, stored);
  MC_TRY(dropUnknown(type, stored, context));
  runHooks(world, type, stored, false);
  MC_TRY(validate(type, stored, before.get()));
  if (applied && managed.is_array())
    metadata(stored)["managedFields"] = managed;
  else if (!applied)
    recordUpdate(type, ownerOf(target, context, false), *before, stored, timestamp(world.wall()));
  if (type.generation && specChanged(type, *before, stored))
    metadata(stored)["generation"] = numberAt(*before, {"metadata", "generation"}).value_or(0) + 1;
  const auto kept = context.dryRun ? std::make_shared<const json::object>(std::move(stored))
                                   : commit(world, target.key(), std::move(stored), before);
  MC_TRY_ASSIGN(auto shown, fromStored(target, *kept));
  return Written{std::move(shown), false};
}

/// A new object; `owner` says who applied it, or null for a plain create.
Outcome<Written> finishCreate(World& world, Target target, json::object object,
                              const WriteContext& context, bool applied) {
  const auto& type = *target.type;
  if (!textAt(object, {"metadata", "resourceVersion"}).empty())
    return refuse(unexplained("resourceVersion should not be set on objects to be created"));
  MC_TRY_ASSIGN(auto stored, toStored(target, std::move(object)));
  stampNew(world, type, stored);
  target.name = nameOf(stored);
  MC_TRY(checkNamespace(world, target, target.name));
  if (!applied) metadata(stored).erase("managedFields");
  MC_TRY(dropUnknown(type, stored, context));
  // What only the server makes of a new object (prepareCreate) has no owner.
  runHooks(world, type, stored, false);
  if (!applied)
    recordUpdate(type, ownerOf(target, context, false), {}, stored, timestamp(world.wall()));
  runHooks(world, type, stored, true);
  MC_TRY(validate(type, stored, nullptr));
  if (world.store.find(target.key()))
    return refuse(alreadyExists(type.group(), type.plural, target.name));
  const auto kept = context.dryRun ? std::make_shared<const json::object>(std::move(stored))
                                   : commit(world, target.key(), std::move(stored), nullptr);
  MC_TRY_ASSIGN(auto shown, fromStored(target, *kept));
  return Written{std::move(shown), true};
}

/// Applying needs to know each field.
Outcome<void> checkTyped(const Target& target, json::object config) {
  const auto& type = *target.type;
  const auto unknown = type.prune ? type.prune(config) : std::vector<std::string>();
  if (unknown.empty()) return {};
  return refuse(unexplained("failed to create typed patch object (" + target.ns + "/" +
                            target.name + "; " + target.version.apiVersion() +
                            ", Kind=" + type.kind + "): ." + unknown.front() +
                            ": field not declared in schema"));
}

}  // namespace

StoredObject commit(World& world, const StoreKey& key, json::object object,
                    const StoredObject& before) {
  if (before && *before == object) return before;
  const bool going = !textAt(object, {"metadata", "deletionTimestamp"}).empty();
  const bool held = !arrayAt(object, {"metadata", "finalizers"}).empty() ||
                    numberAt(object, {"metadata", "deletionGracePeriodSeconds"}).value_or(0) > 0 ||
                    key.type == "namespaces";
  StoredObject kept;
  if (before && going && !held) {
    // Like the real one: the last write is not seen, only the deletion.
    world.store.erase(key);
    kept = std::make_shared<const json::object>(std::move(object));
    noteErased(world, key, *kept);
  } else {
    kept = world.store.put(key, std::move(object));
    noteSuspects(world, key, *kept);
    if (key.type == kDefinitions) define(world, *kept);
  }
  runControllers(world);
  world.changed.notify_all();
  return kept;
}

Outcome<Written> createObject(World& world, const Target& target, json::object object,
                              const WriteContext& context) {
  MC_TRY(checkBody(target, object));
  return finishCreate(world, target, std::move(object), context, false);
}

Outcome<Written> replaceObject(World& world, const Target& target, json::object object,
                               const WriteContext& context) {
  MC_TRY(checkBody(target, object));
  const auto& type = *target.type;
  const auto before = world.store.find(target.key());
  if (!before && type.createOnReplace && target.subresource.empty()) {
    metadata(object).erase("resourceVersion");
    return finishCreate(world, target, std::move(object), context, false);
  }
  if (!before) return refuse(notFound(type.group(), type.plural, target.name));
  if (type.custom && textAt(object, {"metadata", "resourceVersion"}).empty())
    return refuse(invalid(
        type.group(), type.kind, target.name,
        {invalidValue("metadata.resourceVersion", "0", "must be specified for an update")}));
  MC_TRY(checkPreconditions(target, *before, object));
  MC_TRY_ASSIGN(auto stored, toStored(target, std::move(object)));
  return finishChange(world, target, before, std::move(stored), context, false);
}

Outcome<Written> changeObject(World& world, const Target& target, const Mutation& change,
                              const WriteContext& context) {
  const auto& type = *target.type;
  const auto before = world.store.find(target.key());
  if (!before) return refuse(notFound(type.group(), type.plural, target.name));
  MC_TRY_ASSIGN(auto live, fromStored(target, *before));
  MC_TRY_ASSIGN(auto wanted, change(live));
  MC_TRY(checkBody(target, wanted));
  MC_TRY(checkPreconditions(target, *before, wanted));
  MC_TRY_ASSIGN(auto stored, toStored(target, std::move(wanted)));
  return finishChange(world, target, before, std::move(stored), context, false);
}

Outcome<Written> applyObject(World& world, const Target& target, json::object config, bool force,
                             const WriteContext& context) {
  const auto& type = *target.type;
  if (const auto* managed = at(config, {"metadata", "managedFields"});
      managed && !managed->is_null() && !arrayAt(config, {"metadata", "managedFields"}).empty())
    return refuse(badRequest("metadata.managedFields must be nil"));
  if (textAt(config, {"apiVersion"}).empty() || textAt(config, {"kind"}).empty())
    return refuse(badRequest("apiVersion and kind must be set"));
  MC_TRY(checkBody(target, config));
  if (type.status && target.subresource != "status") config.erase("status");
  MC_TRY(checkTyped(target, config));
  const ApplyRequest request{ownerOf(target, context, true), force, timestamp(world.wall())};
  const auto before = world.store.find(target.key());
  if (!before) {
    if (!target.subresource.empty())
      return refuse(notFound(type.group(), type.plural, target.name));
    MC_TRY_ASSIGN(auto object, applyTo(type, {}, std::move(config), request));
    return finishCreate(world, target, std::move(object), context, true);
  }
  MC_TRY(checkPreconditions(target, *before, config));
  for (const auto* field : {"uid", "resourceVersion"}) metadata(config).erase(field);
  if (target.subresource == "status" && type.custom) {
    json::object half;
    for (const auto* field : {"apiVersion", "kind", "status"}) copyMember(config, half, field);
    config = std::move(half);
  }
  MC_TRY_ASSIGN(auto live, fromStored(target, *before));
  MC_TRY_ASSIGN(auto merged, applyTo(type, live, std::move(config), request));
  MC_TRY_ASSIGN(auto stored, toStored(target, std::move(merged)));
  return finishChange(world, target, before, std::move(stored), context, true);
}

}  // namespace mc::fakes
