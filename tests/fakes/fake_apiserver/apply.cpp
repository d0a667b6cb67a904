#include "fakes/fake_apiserver/apply.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

class Merger {
 public:
  explicit Merger(const ResourceType& type) : type_(type) {}

  void members(json::object& live, const json::object& config) {
    for (const auto& entry : config) {
      path_.emplace_back(entry.key());
      value(live[entry.key()], entry.value());
      path_.pop_back();
    }
  }

 private:
  void value(json::value& live, const json::value& config) {
    if (config.is_object() && live.is_object() && type_.shape(path_, false).merge == Merge::Fields)
      return members(live.get_object(), config.get_object());
    if (config.is_array() && live.is_array()) {
      const auto shape = type_.shape(path_, true);
      if (shape.merge != Merge::Atomic) return items(shape, live.get_array(), config.get_array());
    }
    live = config;
  }

  /// Items that only the live list has stay where they are; the others come in the applied order.
  void items(const FieldShape& shape, json::array& live, const json::array& config) {
    std::set<std::string> wanted;
    for (const auto& item : config) wanted.insert(itemStep(shape, item));
    json::array merged;
    size_t next = 0;
    for (auto& item : live) {
      if (wanted.count(itemStep(shape, item)) == 0)
        merged.push_back(item);
      else if (next < config.size())
        merged.push_back(mergedItem(shape, live, config[next++]));
    }
    while (next < config.size()) merged.push_back(mergedItem(shape, live, config[next++]));
    live = std::move(merged);
  }

  json::value mergedItem(const FieldShape& shape, const json::array& live,
                         const json::value& config) {
    const auto step = itemStep(shape, config);
    const auto found = std::find_if(live.begin(), live.end(), [&](const json::value& item) {
      return itemStep(shape, item) == step;
    });
    if (found == live.end()) return config;
    json::value merged = *found;
    if (merged.is_object() && config.is_object() &&
        type_.shape(path_, false).merge == Merge::Fields)
      members(merged.get_object(), config.get_object());
    else
      merged = config;
    return merged;
  }

  const ResourceType& type_;
  FieldPath path_;
};

class Remover {
 public:
  Remover(const ResourceType& type, const FieldSet& others) : type_(type), others_(others) {}

  void run(json::object& object, const FieldSet& gone) { members(object, gone, &others_); }

 private:
  void members(json::object& object, const FieldSet& gone, const FieldSet* kept) {
    for (const auto& [step, below] : gone.children) {
      const auto key = step.substr(2);
      auto* value = object.if_contains(key);
      if (!value) continue;
      const auto* keptBelow = kept ? kept->find(step) : nullptr;
      path_.push_back(key);
      const bool remove = (below.member && !keptBelow) || emptied(*value, below, keptBelow);
      path_.pop_back();
      if (remove) object.erase(key);
    }
  }

  /// Takes out what is gone below; true if nothing is left.
  bool emptied(json::value& value, const FieldSet& gone, const FieldSet* kept) {
    if (gone.children.empty()) return false;
    if (auto* object = value.if_object()) {
      members(*object, gone, kept);
      return object->empty() && !kept;
    }
    auto* list = value.if_array();
    if (!list) return false;
    items(*list, gone, kept);
    return list->empty() && !kept;
  }

  void items(json::array& list, const FieldSet& gone, const FieldSet* kept) {
    const auto shape = type_.shape(path_, true);
    json::array left;
    for (auto& item : list) {
      const auto step = itemStep(shape, item);
      const auto* goneHere = gone.find(step);
      const auto* keptHere = kept ? kept->find(step) : nullptr;
      if (goneHere && goneHere->member && !keptHere) continue;
      if (goneHere && item.is_object()) members(item.get_object(), *goneHere, keptHere);
      left.push_back(std::move(item));
    }
    list = std::move(left);
  }

  const ResourceType& type_;
  const FieldSet& others_;
  FieldPath path_;
};

void dropNulls(json::object& object) {
  std::vector<std::string> nulls;
  for (auto& entry : object) {
    if (entry.value().is_null()) nulls.emplace_back(entry.key());
    if (auto* inner = entry.value().if_object()) dropNulls(*inner);
  }
  for (const auto& key : nulls) object.erase(key);
}

std::string describeOwner(const FieldOwner& owner) {
  std::string text = quoted(owner.manager);
  if (!owner.subresource.empty()) text += " with subresource " + quoted(owner.subresource);
  return owner.applies ? text : text + " using " + owner.apiVersion;
}

std::vector<ApiCause> causesOf(const std::vector<Ownership>& conflicts) {
  std::vector<ApiCause> causes;
  for (const auto& conflict : conflicts)
    for (const auto& field : describeFields(conflict.fields))
      causes.push_back(
          {"FieldManagerConflict", field, "conflict with " + describeOwner(conflict.owner)});
  return causes;
}

}  // namespace

Outcome<json::object> applyTo(const ResourceType& type, const json::object& live,
                              json::object config, const ApplyRequest& request) {
  dropNulls(config);
  auto managed = ManagedFields::of(live);
  FieldSet own = fieldsOf(type, config);
  dropUnmanaged(own);

  json::object merged = live;
  Merger(type).members(merged, config);
  FieldSet gone = managed.ownedBy(request.owner);
  subtract(gone, own);
  const auto others = managed.ownedByOthers(request.owner);
  subtract(gone, others);
  FieldSet kept = others;
  unite(kept, own);
  Remover(type, kept).run(merged, gone);

  auto changes = compareFields(type, live, merged);
  dropUnmanaged(changes.changed);
  const auto conflicts = managed.conflicts(request.owner, changes.changed);
  if (!conflicts.empty() && !request.force) return refuse(applyConflict(causesOf(conflicts)));
  managed.takeFromOthers(request.owner, changes.changed);
  managed.forget(changes.removed);
  managed.set(request.owner, std::move(own), request.time);
  managed.writeTo(merged);
  return merged;
}

}  // namespace mc::fakes
