#include "api/conversion_kept.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace mc::api {
namespace {

namespace json = boost::json;

bool isTrue(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool allObjects(const json::array& items) {
  return std::all_of(items.begin(), items.end(), [](const auto& item) { return item.is_object(); });
}

/// A step to one container: its name, or that it runs Flux, finds it where the list was edited.
json::object stepTo(const json::array& items, size_t index) {
  json::object step = {{"index", index}};
  const auto& item = items[index].get_object();
  const auto* name = item.if_contains("name");
  if (isTrue(item, "runFlux")) {
    step["flux"] = true;
  } else if (name != nullptr && name->is_string()) {
    step["name"] = *name;
  }
  return step;
}

bool isMeant(const json::value& item, const json::object& step) {
  const auto* object = item.if_object();
  if (object == nullptr) return false;
  if (isTrue(step, "flux")) return isTrue(*object, "runFlux");
  const auto* wanted = step.if_contains("name");
  const auto* name = object->if_contains("name");
  if (wanted != nullptr) return name != nullptr && *name == *wanted;
  return !isTrue(*object, "runFlux") && (name == nullptr || !name->is_string());
}

const json::value* at(const json::object* object, std::string_view key) {
  return object == nullptr ? nullptr : object->if_contains(key);
}

const json::object* objectIn(const json::value* value) {
  return value == nullptr ? nullptr : value->if_object();
}

/// Walks two objects side by side, and a bare copy of the first along with it.
class Differ {
 public:
  void objects(const json::object& from, const json::object* bare, const json::object& to) {
    std::set<std::string_view> keys;
    for (const auto* object : {&from, &to})
      for (const auto& each : *object) keys.insert(each.key());
    for (const auto key : keys) {
      const auto* before = from.if_contains(key);
      const auto* after = to.if_contains(key);
      if (before == nullptr || after == nullptr) {
        note(key, at(bare, key), after);
      } else if (*before != *after) {
        values(key, *before, at(bare, key), *after);
      }
    }
  }
  json::array take() { return std::move(changes_); }

 private:
  void values(std::string_view key, const json::value& from, const json::value* bare,
              const json::value& to) {
    if (from.is_object() && to.is_object()) {
      within(json::string(key),
             [&] { objects(from.get_object(), objectIn(bare), to.get_object()); });
    } else if (areContainers(from, to)) {
      within(json::string(key), [&] { containers(from.get_array(), bare, to.get_array()); });
    } else {
      note(key, bare, &to);
    }
  }
  static bool areContainers(const json::value& from, const json::value& to) {
    return from.is_array() && to.is_array() && from.get_array().size() == to.get_array().size() &&
           allObjects(from.get_array()) && allObjects(to.get_array());
  }
  void containers(const json::array& from, const json::value* bare, const json::array& to) {
    for (size_t i = 0; i < to.size(); ++i) {
      const auto* item = bare == nullptr ? nullptr : bare->get_array().if_contains(i);
      within(stepTo(to, i),
             [&] { objects(from[i].get_object(), objectIn(item), to[i].get_object()); });
    }
  }
  template <class Do>
  void within(json::value step, Do inside) {
    path_.push_back(std::move(step));
    inside();
    path_.pop_back();
  }
  void note(std::string_view key, const json::value* was, const json::value* value) {
    json::array path = path_;
    path.emplace_back(key);
    json::object change = {{"path", std::move(path)}};
    if (was != nullptr) change["was"] = *was;
    if (value != nullptr) change["value"] = *value;
    changes_.push_back(std::move(change));
  }

  json::array path_;
  json::array changes_;
};

bool isHere(const json::array& items, size_t index, const json::object& step) {
  return index < items.size() && isMeant(items[index], step);
}

const json::value* itemFor(const json::array& items, const json::object& step) {
  const auto* index = step.if_contains("index");
  if (index != nullptr && index->is_int64() && index->get_int64() >= 0 &&
      isHere(items, static_cast<size_t>(index->get_int64()), step))
    return &items[static_cast<size_t>(index->get_int64())];
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const auto& item) { return isMeant(item, step); });
  return found == items.end() ? nullptr : &*found;
}

const json::value* inside(const json::value& value, const json::value& step) {
  if (const auto* key = step.if_string(); key != nullptr && value.is_object())
    return value.get_object().if_contains(*key);
  if (const auto* item = step.if_object(); item != nullptr && value.is_array())
    return itemFor(value.get_array(), *item);
  return nullptr;
}

/// The object that the last step of the path is a key of; null if it is gone.
const json::object* placeOf(const json::array& path, const json::value& root) {
  const json::value* here = &root;
  for (size_t i = 0; i + 1 < path.size() && here != nullptr; ++i) here = inside(*here, path[i]);
  return objectIn(here);
}

bool isNothing(const json::value* value) {
  return value == nullptr || (value->is_object() && value->get_object().empty());
}

bool same(const json::value* a, const json::value* b) {
  return isNothing(a) || isNothing(b) ? isNothing(a) && isNothing(b) : *a == *b;
}

void applyChange(const json::object& change, json::value& root, const json::value& bare) {
  const auto* steps = change.if_contains("path");
  if (steps == nullptr || !steps->is_array() || steps->get_array().empty()) return;
  const auto& path = steps->get_array();
  const auto* key = path.back().if_string();
  const auto* place = placeOf(path, root);
  if (key == nullptr || place == nullptr) return;
  if (!same(at(placeOf(path, bare), *key), change.if_contains("was"))) return;
  // The root is ours to change; finding a place in it is the same for both.
  auto& object = const_cast<json::object&>(*place);
  if (const auto* value = change.if_contains("value")) {
    object[*key] = *value;
  } else {
    object.erase(*key);
  }
}

}  // namespace

json::array changesBetween(const Compared& translated, const json::object& original) {
  Differ differ;
  differ.objects(translated.spec, &translated.bare, original);
  return differ.take();
}

void applyChanges(const json::array& changes, const Compared& translated) {
  json::value root = std::move(translated.spec);
  const json::value bare = translated.bare;
  for (const auto& change : changes) {
    if (change.is_object()) applyChange(change.get_object(), root, bare);
  }
  translated.spec = std::move(root.get_object());
}

}  // namespace mc::api
