#include "api/conversion_fields.hpp"

#include <boost/json/array.hpp>

#include "api/minicluster.hpp"
#include "base/yaml_scalar.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;
using Kind = Type::Kind;

/// Whether two versions mean the same by a field of one name.
bool sameType(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.table != b.table) return false;
  return a.items == b.items || (a.items != nullptr && b.items != nullptr &&
                                a.items->kind == b.items->kind && a.items->table == b.items->table);
}

bool inRange(const json::value& value, const Type& type) {
  const auto* number = value.if_int64();
  return type.kind != Kind::Integer || number == nullptr ||
         (*number >= type.minimum && *number <= type.maximum);
}

class Translator {
 public:
  Translator(Versions from, Versions to) : from_(from), to_(to) {}

  [[nodiscard]] json::object object(const json::object& object, const Table& table) const {
    json::object result;
    for (const auto& [key, value] : object) {
      const Field* old = table.find(key, from_);
      const Field* field = table.find(key, to_);
      if (old == nullptr || field == nullptr || !sameType(old->type, field->type)) continue;
      if (inRange(value, field->type)) result[key] = this->value(value, field->type);
    }
    return result;
  }

 private:
  [[nodiscard]] json::value value(const json::value& value, const Type& type) const {
    if (type.kind == Kind::Object && value.is_object())
      return object(value.get_object(), *type.table);
    if (type.kind == Kind::List && value.is_array()) {
      json::array items;
      for (const auto& item : value.get_array()) items.push_back(this->value(item, *type.items));
      return items;
    }
    if (type.kind == Kind::Map && value.is_object()) {
      json::object entries;
      for (const auto& [key, entry] : value.get_object())
        entries[key] = this->value(entry, *type.items);
      return entries;
    }
    return value;
  }

  Versions from_;
  Versions to_;
};

const json::object* objectAt(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

bool hasText(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() && !value->get_string().empty();
}

/// The object below `key`, made if there is none; null if something else stands there.
json::object* makeObject(json::object& object, std::string_view key) {
  auto& value = object[key];
  if (value.is_null()) value = json::object();
  return value.if_object();
}

/// Says what the other version has as its default.
void spellOut(json::object& spec, std::string_view table, std::string_view key,
              const json::value& value) {
  auto* inner = makeObject(spec, table);
  if (inner == nullptr) return;
  auto& here = (*inner)[key];
  if (here.is_null()) here = value;
}

void copyIfThere(const json::object& from, json::object& to, std::string_view key) {
  if (const auto* value = from.if_contains(key)) to[key] = *value;
}

/// Calls `move(container of `from`, container of `to`, whether it is the only one of its list)`;
/// translation keeps the lists' lengths.
template <class Move>
void forEachContainer(const json::object& from, json::object& to, Move move) {
  for (const char* list : {"containers", "services"}) {
    const auto* old = from.if_contains(list);
    auto* items = to.if_contains(list);
    if (old == nullptr || items == nullptr || !old->is_array() || !items->is_array()) continue;
    for (size_t i = 0; i < items->get_array().size(); ++i) {
      auto& item = items->get_array()[i];
      if (item.is_object())
        move(old->get_array()[i].get_object(), item.get_object(), items->get_array().size() == 1);
    }
  }
}

/// v1alpha1's container names a volume of spec.volumes; v1alpha2's says where it comes from.
void mountsToVolumes(const json::object& spec, const json::object& old, json::object& container) {
  const auto* mounts = objectAt(old, "volumes");
  const auto* defined = objectAt(spec, "volumes");
  if (mounts == nullptr || defined == nullptr) return;
  for (const auto& [name, mount] : *mounts) {
    const auto* volume = objectAt(*defined, name);
    if (!mount.is_object() || volume == nullptr || !hasText(*volume, "path")) continue;
    const auto* storage = volume->if_contains("storageClass");
    if (storage != nullptr && *storage != "hostpath") continue;
    auto* volumes = makeObject(container, "volumes");
    json::object result = mount.get_object();
    result["hostPath"] = volume->at("path");
    (*volumes)[name] = std::move(result);
  }
}

void existingToVolumes(const json::object& old, json::object& container) {
  const auto* existing = objectAt(old, "existingVolumes");
  if (existing == nullptr) return;
  auto* volumes = makeObject(container, "volumes");
  for (const auto& [name, volume] : *existing) {
    if (!volume.is_object() || volumes->contains(name)) continue;
    (*volumes)[name] = Translator(kAlpha1, kAlpha2).object(volume.get_object(), kVolumeTable);
  }
}

/// spec.volumes is for all pods: the first directory of a name is it, another one can't be said.
bool define(json::object& defined, std::string_view name, const json::value& path) {
  if (!defined.contains(name)) defined[name] = json::object{{"path", path}};
  return defined.at(name).at("path") == path;
}

void volumesToMounts(const json::object& old, json::object& defined, json::object& container) {
  const auto* volumes = objectAt(old, "volumes");
  if (volumes == nullptr) return;
  for (const auto& [name, value] : *volumes) {
    const auto* volume = value.if_object();
    if (volume == nullptr) continue;
    if (hasText(*volume, "hostPath")) {
      if (!define(defined, name, volume->at("hostPath"))) continue;
      json::object mount;
      for (const char* key : {"path", "readOnly"}) copyIfThere(*volume, mount, key);
      (*makeObject(container, "volumes"))[name] = std::move(mount);
    } else if (hasText(*volume, "claimName") || hasText(*volume, "configMapName") ||
               hasText(*volume, "secretName")) {
      (*makeObject(container, "existingVolumes"))[name] =
          Translator(kAlpha2, kAlpha1).object(*volume, kVolumeTable);
    }
  }
}

void addedToCapabilities(const json::object& old, json::object& container) {
  const auto* security = objectAt(old, "securityContext");
  const auto* added = security == nullptr ? nullptr : security->if_contains("addCapabilities");
  if (added != nullptr)
    container["securityContext"].as_object()["capabilities"] = json::object{{"add", *added}};
}

void capabilitiesToAdded(const json::object& old, json::object& container) {
  const auto* security = objectAt(old, "securityContext");
  const auto* wanted = security == nullptr ? nullptr : objectAt(*security, "capabilities");
  if (wanted != nullptr && wanted->contains("add"))
    container["securityContext"].as_object()["addCapabilities"] = wanted->at("add");
}

/// v1alpha1's sidecars have no hooks.
void dropHooks(const json::object& old, json::object& container) {
  const auto* runs = old.if_contains("runFlux");
  auto* commands = container.if_contains("commands");
  const bool flux = runs != nullptr && *runs == json::value(true);
  if (flux || commands == nullptr || !commands->is_object()) return;
  for (const char* hook : {"init", "post"}) commands->get_object().erase(hook);
}

bool isDefault(const json::value& value, const Field& field) {
  if (field.byDefault.empty()) return false;
  if (value.is_string()) return value.get_string() == field.byDefault;
  const auto scalar = base::resolveScalar(std::string(field.byDefault));
  if (value.is_bool())
    return field.type.kind == Kind::Boolean && value.get_bool() == scalar.boolean;
  return field.type.kind == Kind::Integer && value.is_int64() &&
         value.get_int64() == scalar.integer;
}

json::value valueWithoutDefaults(const json::value& value, const Type& type, Versions version) {
  if (type.kind == Kind::Object && value.is_object())
    return withoutDefaults(value.get_object(), *type.table, version);
  if (type.kind == Kind::List && value.is_array()) {
    json::array items;
    for (const auto& item : value.get_array())
      items.push_back(valueWithoutDefaults(item, *type.items, version));
    return items;
  }
  if (type.kind == Kind::Map && value.is_object()) {
    json::object entries;
    for (const auto& [key, entry] : value.get_object())
      entries[key] = valueWithoutDefaults(entry, *type.items, version);
    return entries;
  }
  return value;
}

}  // namespace

json::object translateSpec(const json::object& spec, Versions from, Versions to,
                           const std::string& name) {
  json::object result = Translator(from, to).object(spec, kSpecTable);
  const bool newer = to == kAlpha2;
  spellOut(result, "logging", "strict", newer);
  const json::value headless = newer ? json::value("flux-service") : json::value(name);
  spellOut(result, "network", "headlessName", headless);
  json::object defined;
  forEachContainer(spec, result, [&](const json::object& old, json::object& container, bool alone) {
    if (newer) {
      mountsToVolumes(spec, old, container);
      existingToVolumes(old, container);
      addedToCapabilities(old, container);
    } else {
      volumesToMounts(old, defined, container);
      capabilitiesToAdded(old, container);
      if (!alone) dropHooks(old, container);
    }
  });
  if (!defined.empty()) result["volumes"] = std::move(defined);
  return result;
}

json::object withoutDefaults(const json::object& object, const Table& table, Versions version) {
  json::object result;
  for (const auto& [key, value] : object) {
    const Field* field = table.find(key, version);
    if (field == nullptr) {
      result[key] = value;
    } else if (!isDefault(value, *field)) {
      result[key] = valueWithoutDefaults(value, field->type, version);
    }
  }
  return result;
}

}  // namespace mc::api
