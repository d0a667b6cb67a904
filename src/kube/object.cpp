#include "kube/object.hpp"

#include <cmath>

#include "base/rfc3339.hpp"

namespace mc::kube {

namespace {

using Path = std::initializer_list<std::string_view>;

std::string_view textOf(const boost::json::value* value) {
  const boost::json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

}  // namespace

std::string ObjectKey::text() const {
  return ns.empty() ? name : ns + "/" + name;
}

size_t ObjectKeyHash::operator()(const ObjectKey& key) const noexcept {
  const std::hash<std::string_view> hash;
  return hash(key.name) * 31 + hash(key.ns);
}

const boost::json::value* find(const Object& object, Path path) {
  const Object* at = &object;
  const boost::json::value* found = nullptr;
  for (const std::string_view key : path) {
    found = at == nullptr ? nullptr : at->if_contains(key);
    if (found == nullptr) return nullptr;
    at = found->if_object();
  }
  return found;
}

const Object* findObject(const Object& object, Path path) {
  const boost::json::value* value = find(object, path);
  return value == nullptr ? nullptr : value->if_object();
}

const boost::json::array* findArray(const Object& object, Path path) {
  const boost::json::value* value = find(object, path);
  return value == nullptr ? nullptr : value->if_array();
}

std::string_view findText(const Object& object, Path path) {
  return textOf(find(object, path));
}

std::optional<int64_t> findNumber(const Object& object, Path path) {
  const boost::json::value* value = find(object, path);
  if (value == nullptr || !value->is_number()) return {};
  boost::system::error_code code;
  const auto number = value->to_number<int64_t>(code);
  if (code) return {};
  return number;
}

ObjectKey keyOf(const Object& object) {
  return {std::string(namespaceOf(object)), std::string(nameOf(object))};
}

std::string_view nameOf(const Object& object) {
  return findText(object, {"metadata", "name"});
}

std::string_view namespaceOf(const Object& object) {
  return findText(object, {"metadata", "namespace"});
}

std::string_view uidOf(const Object& object) {
  return findText(object, {"metadata", "uid"});
}

std::string_view resourceVersionOf(const Object& object) {
  return findText(object, {"metadata", "resourceVersion"});
}

int64_t generationOf(const Object& object) {
  return findNumber(object, {"metadata", "generation"}).value_or(0);
}

std::string_view labelOf(const Object& object, std::string_view name) {
  return findText(object, {"metadata", "labels", name});
}

std::string_view annotationOf(const Object& object, std::string_view name) {
  return findText(object, {"metadata", "annotations", name});
}

bool isDeleting(const Object& object) {
  return !findText(object, {"metadata", "deletionTimestamp"}).empty();
}

const Object* controllerOf(const Object& object) {
  const boost::json::array* owners = findArray(object, {"metadata", "ownerReferences"});
  if (owners == nullptr) return nullptr;
  for (const boost::json::value& entry : *owners) {
    const Object* owner = entry.if_object();
    if (owner == nullptr) continue;
    const boost::json::value* controls = find(*owner, {"controller"});
    if (controls != nullptr && controls->is_bool() && controls->get_bool()) return owner;
  }
  return nullptr;
}

std::string_view controllerUidOf(const Object& object) {
  const Object* owner = controllerOf(object);
  return owner == nullptr ? std::string_view() : findText(*owner, {"uid"});
}

std::string formatSeconds(double wall) {
  constexpr size_t kSecondsEnd = 19;  // "2026-11-23T05:54:32"
  return base::formatTime(std::floor(wall)).substr(0, kSecondsEnd) + "Z";
}

}  // namespace mc::kube
