#include "fakes/fake_apiserver/managed_fields.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

Ownership readEntry(const json::object& entry) {
  return {{textAt(entry, {"manager"}), textAt(entry, {"operation"}) == "Apply",
           textAt(entry, {"apiVersion"}), textAt(entry, {"subresource"})},
          fromFieldsV1(objectAt(entry, {"fieldsV1"})),
          textAt(entry, {"time"})};
}

json::object writeEntry(const Ownership& ownership) {
  json::object entry{{"manager", ownership.owner.manager},
                     {"operation", ownership.owner.applies ? "Apply" : "Update"},
                     {"apiVersion", ownership.owner.apiVersion},
                     {"time", ownership.time},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", toFieldsV1(ownership.fields)}};
  if (!ownership.owner.subresource.empty()) entry["subresource"] = ownership.owner.subresource;
  return entry;
}

}  // namespace

ManagedFields ManagedFields::of(const json::object& object) {
  ManagedFields fields;
  for (const auto& entry : arrayAt(object, {"metadata", "managedFields"}))
    if (entry.is_object()) fields.entries_.push_back(readEntry(entry.get_object()));
  return fields;
}

void ManagedFields::writeTo(json::object& object) const {
  auto& meta = metadata(object);
  meta.erase("managedFields");
  if (entries_.empty()) return;
  auto& list = childArray(meta, "managedFields");
  for (const auto& entry : entries_) list.push_back(writeEntry(entry));
}

Ownership* ManagedFields::find(const FieldOwner& owner) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Ownership& entry) { return entry.owner == owner; });
  return found == entries_.end() ? nullptr : &*found;
}

const FieldSet& ManagedFields::ownedBy(const FieldOwner& owner) const {
  static const FieldSet kNone;
  for (const auto& entry : entries_)
    if (entry.owner == owner) return entry.fields;
  return kNone;
}

FieldSet ManagedFields::ownedByOthers(const FieldOwner& owner) const {
  FieldSet all;
  for (const auto& entry : entries_)
    if (!(entry.owner == owner)) unite(all, entry.fields);
  return all;
}

std::vector<Ownership> ManagedFields::conflicts(const FieldOwner& owner,
                                                const FieldSet& fields) const {
  std::vector<Ownership> found;
  for (const auto& entry : entries_) {
    if (entry.owner == owner) continue;
    auto common = intersection(fields, entry.fields);
    if (!common.empty()) found.push_back({entry.owner, std::move(common), entry.time});
  }
  return found;
}

void ManagedFields::set(const FieldOwner& owner, FieldSet fields, const std::string& time) {
  if (auto* entry = find(owner)) {
    if (entry->fields == fields) return;
    entry->fields = std::move(fields);
    entry->time = time;
  } else {
    entries_.push_back({owner, std::move(fields), time});
  }
  dropEmpty();
}

void ManagedFields::takeFromOthers(const FieldOwner& owner, const FieldSet& fields) {
  for (auto& entry : entries_)
    if (!(entry.owner == owner)) subtract(entry.fields, fields);
  dropEmpty();
}

void ManagedFields::forget(const FieldSet& fields) {
  for (auto& entry : entries_) subtract(entry.fields, fields);
  dropEmpty();
}

void ManagedFields::dropEmpty() {
  std::erase_if(entries_, [](const Ownership& entry) { return entry.fields.empty(); });
}

void recordUpdate(const ResourceType& type, const FieldOwner& owner, const json::object& before,
                  json::object& after, const std::string& time) {
  auto managed = ManagedFields::of(before);
  auto changes = compareFields(type, before, after);
  dropUnmanaged(changes.changed);
  dropUnmanaged(changes.removed);
  managed.takeFromOthers(owner, changes.changed);
  managed.forget(changes.removed);
  FieldSet own = managed.ownedBy(owner);
  unite(own, changes.changed);
  managed.set(owner, std::move(own), time);
  managed.writeTo(after);
}

}  // namespace mc::fakes
