#include "fakes/fake_apiserver/patches.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <optional>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

ApiError undoable() {
  // kube-apiserver hides which operation it was.
  return {422, "Invalid", "the server rejected our request due to an error in our request", {}};
}

/// The steps of a JSON pointer, unescaped (RFC 6901).
std::optional<std::vector<std::string>> pointerSteps(const std::string& pointer) {
  std::vector<std::string> steps;
  if (pointer.empty()) return steps;
  if (pointer[0] != '/') return std::nullopt;
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/')
      steps.emplace_back();
    else if (pointer[i] == '~' && i + 1 < pointer.size())
      steps.back() += pointer[++i] == '1' ? '/' : '~';
    else
      steps.back() += pointer[i];
  }
  return steps;
}

std::optional<size_t> arrayIndex(const std::string& step) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size()) return std::nullopt;
  return index;
}

json::value* memberOf(json::value& holder, const std::string& step) {
  if (auto* object = holder.if_object()) return object->if_contains(step);
  auto* array = holder.if_array();
  const auto index = array ? arrayIndex(step) : std::nullopt;
  return index && *index < array->size() ? &(*array)[*index] : nullptr;
}

/// The value that holds the last step of `steps`.
json::value* holderOf(json::value& document, const std::vector<std::string>& steps) {
  json::value* here = &document;
  for (size_t i = 0; here && i + 1 < steps.size(); ++i) here = memberOf(*here, steps[i]);
  return here;
}

bool addAt(json::value& document, const std::vector<std::string>& steps, json::value value) {
  if (steps.empty()) {
    document = std::move(value);
    return true;
  }
  auto* holder = holderOf(document, steps);
  if (!holder) return false;
  if (auto* object = holder->if_object()) {
    (*object)[steps.back()] = std::move(value);
    return true;
  }
  auto* array = holder->if_array();
  if (!array) return false;
  const auto index = steps.back() == "-" ? std::optional(array->size()) : arrayIndex(steps.back());
  if (!index || *index > array->size()) return false;
  array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return true;
}

bool removeAt(json::value& document, const std::vector<std::string>& steps) {
  auto* holder = steps.empty() ? nullptr : holderOf(document, steps);
  if (!holder || !memberOf(*holder, steps.back())) return false;
  if (auto* object = holder->if_object())
    object->erase(steps.back());
  else
    holder->get_array().erase(holder->get_array().begin() +
                              static_cast<std::ptrdiff_t>(*arrayIndex(steps.back())));
  return true;
}

const json::value* valueAt(json::value& document, const std::vector<std::string>& steps) {
  if (steps.empty()) return &document;
  auto* holder = holderOf(document, steps);
  return holder ? memberOf(*holder, steps.back()) : nullptr;
}

bool transfer(json::value& document, const std::vector<std::string>& from,
              const std::vector<std::string>& to, bool move) {
  const auto* found = valueAt(document, from);
  if (!found) return false;
  json::value copy = *found;
  if (move && !removeAt(document, from)) return false;
  return addAt(document, to, std::move(copy));
}

/// One operation; false if it can't be done.
bool operate(json::value& document, const json::object& operation) {
  const auto op = textAt(operation, {"op"});
  const auto path = pointerSteps(textAt(operation, {"path"}));
  if (!path) return false;
  const auto* value = operation.if_contains("value");
  if (op == "remove") return removeAt(document, *path);
  if (op == "move" || op == "copy") {
    const auto from = pointerSteps(textAt(operation, {"from"}));
    return from && transfer(document, *from, *path, op == "move");
  }
  const json::value given = value ? *value : json::value();
  if (op == "add") return addAt(document, *path, given);
  const auto* found = valueAt(document, *path);
  if (op == "test") return found ? *found == given : given.is_null();
  if (op != "replace" || !found) return false;
  *const_cast<json::value*>(found) = given;
  return true;
}

std::string mergeKey(const FieldShape& shape) {
  return shape.keys.empty() ? "" : shape.keys[0];
}

json::value* itemWithKey(json::array& list, const std::string& key, const json::value& wanted) {
  for (auto& item : list) {
    const auto* value = item.is_object() ? item.get_object().if_contains(key) : nullptr;
    if (value && *value == wanted) return &item;
  }
  return nullptr;
}

void strategicObject(const ResourceType& type, FieldPath& path, json::object& target,
                     const json::object& patch);

void strategicItem(const ResourceType& type, FieldPath& path, json::array& list,
                   const json::object& item, const std::string& key) {
  const auto* wanted = item.if_contains(key);
  auto* found = wanted ? itemWithKey(list, key, *wanted) : nullptr;
  if (textAt(item, {"$patch"}) == "delete") {
    if (found) list.erase(list.begin() + (found - list.data()));
    return;
  }
  if (!found) found = &list.emplace_back(json::object{});
  strategicObject(type, path, found->get_object(), item);
}

/// True if the list was merged, false if it must be replaced.
bool strategicList(const ResourceType& type, FieldPath& path, json::value& target,
                   const json::array& patch) {
  const auto shape = type.shape(path, true);
  if (!target.is_array()) target.emplace_array();
  auto& list = target.get_array();
  if (shape.merge == Merge::Set) {
    for (const auto& item : patch)
      if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
    return true;
  }
  const auto key = mergeKey(shape);
  if (shape.merge != Merge::ByKeys) return false;
  for (const auto& item : patch)
    if (item.is_object()) strategicItem(type, path, list, item.get_object(), key);
  return true;
}

void strategicObject(const ResourceType& type, FieldPath& path, json::object& target,
                     const json::object& patch) {
  if (textAt(patch, {"$patch"}) == "replace") target.clear();
  for (const auto& entry : patch) {
    const std::string key(entry.key());
    if (key.starts_with("$")) continue;
    if (entry.value().is_null()) {
      target.erase(key);
      continue;
    }
    path.push_back(key);
    const auto* list = entry.value().if_array();
    if (entry.value().is_object())
      strategicObject(type, path, child(target, key), entry.value().get_object());
    else if (!list || !strategicList(type, path, target[key], *list))
      target[key] = entry.value();
    path.pop_back();
  }
}

}  // namespace

void mergePatch(json::object& target, const json::object& patch) {
  for (const auto& entry : patch) {
    if (entry.value().is_null())
      target.erase(entry.key());
    else if (entry.value().is_object())
      mergePatch(child(target, entry.key()), entry.value().get_object());
    else
      target[entry.key()] = entry.value();
  }
}

Outcome<json::object> jsonPatch(const json::object& target, const json::value& patch) {
  if (!patch.is_array())
    return refuse(badRequest("error decoding patch: a JSON patch is a list of operations"));
  json::value document = target;
  for (const auto& operation : patch.get_array())
    if (!operation.is_object() || !operate(document, operation.get_object()))
      return refuse(undoable());
  if (!document.is_object()) return refuse(undoable());
  return std::move(document.get_object());
}

void strategicMerge(const ResourceType& type, json::object& target, const json::object& patch) {
  FieldPath path;
  strategicObject(type, path, target, patch);
}

}  // namespace mc::fakes
