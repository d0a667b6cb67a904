#include "fakes/fake_apiserver/field_set.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::string fieldStep(json::string_view name) {
  return "f:" + std::string(name);
}

void addValue(const ResourceType& type, FieldPath& path, const json::value& value, FieldSet& set);

void addMembers(const ResourceType& type, FieldPath& path, const json::object& object,
                FieldSet& set) {
  for (const auto& entry : object) {
    path.emplace_back(entry.key());
    addValue(type, path, entry.value(), set.children[fieldStep(entry.key())]);
    path.pop_back();
  }
}

void addItems(const ResourceType& type, FieldPath& path, const json::array& list,
              const FieldShape& shape, FieldSet& set) {
  for (const auto& item : list) {
    auto& step = set.children[itemStep(shape, item)];
    step.member = true;
    if (shape.merge == Merge::ByKeys && item.is_object() &&
        type.shape(path, false).merge == Merge::Fields)
      addMembers(type, path, item.get_object(), step);
  }
}

void addValue(const ResourceType& type, FieldPath& path, const json::value& value, FieldSet& set) {
  const auto* object = value.if_object();
  const auto* list = value.if_array();
  if (!object && !list) {
    set.member = true;
    return;
  }
  const auto shape = type.shape(path, list != nullptr);
  if (shape.merge == Merge::Atomic || (object && object->empty()))
    set.member = true;
  else if (object)
    addMembers(type, path, *object, set);
  else
    addItems(type, path, *list, shape, set);
}

/// A field that came or went as a whole.
void addWhole(const ResourceType& type, FieldPath& path, const json::value& value, FieldSet& set) {
  addValue(type, path, value, set);
  set.member = true;
}

class Comparison {
 public:
  explicit Comparison(const ResourceType& type) : type_(type) {}

  void members(const json::object& before, const json::object& after, FieldSet& changed,
               FieldSet& removed) {
    for (const auto& entry : before) {
      const auto* other = after.if_contains(entry.key());
      field(entry.key(), &entry.value(), other, changed, removed);
    }
    for (const auto& entry : after)
      if (!before.if_contains(entry.key()))
        field(entry.key(), nullptr, &entry.value(), changed, removed);
  }

 private:
  void field(json::string_view name, const json::value* before, const json::value* after,
             FieldSet& changed, FieldSet& removed) {
    if (before && after && *before == *after) return;
    path_.emplace_back(name);
    values(fieldStep(name), before, after, changed, removed);
    path_.pop_back();
  }

  void values(const std::string& step, const json::value* before, const json::value* after,
              FieldSet& changed, FieldSet& removed) {
    if (!before) return addWhole(type_, path_, *after, changed.children[step]);
    if (!after) return addWhole(type_, path_, *before, removed.children[step]);
    if (before->kind() != after->kind() || !(before->is_object() || before->is_array())) {
      changed.children[step].member = true;
      return;
    }
    const auto shape = type_.shape(path_, before->is_array());
    if (shape.merge == Merge::Atomic)
      changed.children[step].member = true;
    else if (before->is_object())
      members(before->get_object(), after->get_object(), changed.children[step],
              removed.children[step]);
    else
      items(shape, before->get_array(), after->get_array(), changed.children[step],
            removed.children[step]);
  }

  void items(const FieldShape& shape, const json::array& before, const json::array& after,
             FieldSet& changed, FieldSet& removed) {
    std::map<std::string, const json::value*> old;
    for (const auto& item : before) old[itemStep(shape, item)] = &item;
    for (const auto& item : after) {
      const auto step = itemStep(shape, item);
      const auto found = old.find(step);
      const auto* previous = found == old.end() ? nullptr : found->second;
      if (previous) old.erase(found);
      if (!previous || *previous != item) itemChange(step, previous, item, changed, removed);
    }
    for (const auto& [step, item] : old) wholeItem(*item, removed.children[step]);
  }

  void itemChange(const std::string& step, const json::value* before, const json::value& after,
                  FieldSet& changed, FieldSet& removed) {
    if (!before || !before->is_object() || !after.is_object())
      return wholeItem(after, changed.children[step]);
    if (type_.shape(path_, false).merge == Merge::Atomic) {
      changed.children[step].member = true;
      return;
    }
    members(before->get_object(), after.get_object(), changed.children[step],
            removed.children[step]);
  }

  void wholeItem(const json::value& item, FieldSet& set) {
    if (item.is_object() && type_.shape(path_, false).merge == Merge::Fields)
      addMembers(type_, path_, item.get_object(), set);
    set.member = true;
  }

  const ResourceType& type_;
  FieldPath path_;
};

/// Removes branches that hold no field.
void prune(FieldSet& set) {
  for (auto& [step, below] : set.children) prune(below);
  std::erase_if(set.children, [](const auto& entry) { return entry.second.empty(); });
}

std::string describeStep(const std::string& step) {
  if (step.starts_with("f:")) return "." + step.substr(2);
  if (step.starts_with("v:")) return "[=" + step.substr(2) + "]";
  boost::system::error_code error;
  const auto keys = json::parse(step.substr(2), error);
  if (error || !keys.is_object()) return "[" + step + "]";
  std::string text;
  for (const auto& entry : keys.get_object())
    text +=
        (text.empty() ? "" : ",") + std::string(entry.key()) + "=" + json::serialize(entry.value());
  return "[" + text + "]";
}

void describeInto(const FieldSet& set, const std::string& prefix, std::vector<std::string>& lines) {
  if (set.member) lines.push_back(prefix);
  for (const auto& [step, below] : set.children)
    describeInto(below, prefix + describeStep(step), lines);
}

}  // namespace

const FieldSet* FieldSet::find(const std::string& step) const {
  const auto found = children.find(step);
  return found == children.end() ? nullptr : &found->second;
}

void unite(FieldSet& into, const FieldSet& other) {
  into.member |= other.member;
  for (const auto& [step, below] : other.children) unite(into.children[step], below);
}

void subtract(FieldSet& from, const FieldSet& other) {
  if (other.member) from.member = false;
  for (const auto& [step, below] : other.children) {
    const auto found = from.children.find(step);
    if (found != from.children.end()) subtract(found->second, below);
  }
  prune(from);
}

FieldSet intersection(const FieldSet& one, const FieldSet& other) {
  FieldSet both;
  both.member = one.member && other.member;
  for (const auto& [step, below] : one.children)
    if (const auto* match = other.find(step)) {
      auto common = intersection(below, *match);
      if (!common.empty()) both.children[step] = std::move(common);
    }
  return both;
}

json::object toFieldsV1(const FieldSet& set) {
  json::object fields;
  for (const auto& [step, below] : set.children) {
    auto inner = toFieldsV1(below);
    if (below.member && !below.children.empty()) inner["."] = json::object{};
    fields[step] = std::move(inner);
  }
  return fields;
}

FieldSet fromFieldsV1(const json::object& fields) {
  FieldSet set;
  for (const auto& entry : fields) {
    if (entry.key() == ".") {
      set.member = true;
      continue;
    }
    static const json::object kNone;
    const auto* inner = entry.value().if_object();
    auto below = fromFieldsV1(inner ? *inner : kNone);
    if (below.empty()) below.member = true;
    set.children[std::string(entry.key())] = std::move(below);
  }
  return set;
}

std::vector<std::string> describeFields(const FieldSet& set) {
  std::vector<std::string> lines;
  describeInto(set, "", lines);
  return lines;
}

FieldSet fieldsOf(const ResourceType& type, const json::object& object) {
  FieldSet set;
  FieldPath path;
  addMembers(type, path, object, set);
  prune(set);
  return set;
}

FieldChanges compareFields(const ResourceType& type, const json::object& before,
                           const json::object& after) {
  FieldChanges changes;
  Comparison(type).members(before, after, changes.changed, changes.removed);
  prune(changes.changed);
  prune(changes.removed);
  return changes;
}

std::string itemStep(const FieldShape& shape, const json::value& item) {
  if (shape.merge == Merge::Set || !item.is_object()) return "v:" + json::serialize(item);
  std::map<std::string, json::value> keys;
  for (const auto& key : shape.keys) {
    if (const auto* value = item.get_object().if_contains(key))
      keys[key] = *value;
    else if (const auto standard = shape.keyDefaults.find(key); standard != shape.keyDefaults.end())
      keys[key] = standard->second;
  }
  json::object step;
  for (auto& [key, value] : keys) step[key] = std::move(value);
  return "k:" + json::serialize(step);
}

void dropUnmanaged(FieldSet& set) {
  set.children.erase("f:apiVersion");
  set.children.erase("f:kind");
  const auto metadata = set.children.find("f:metadata");
  if (metadata == set.children.end()) return;
  metadata->second.member = false;
  for (const auto* name : {"f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid",
                           "f:clusterName", "f:generation", "f:managedFields", "f:resourceVersion",
                           "f:deletionTimestamp", "f:deletionGracePeriodSeconds"})
    metadata->second.children.erase(name);
  if (metadata->second.empty()) set.children.erase(metadata);
}

}  // namespace mc::fakes
