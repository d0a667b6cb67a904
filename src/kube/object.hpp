#pragma once
// Kubernetes objects as JSON, so that fields we don't know stay as they are; and short ways to what
// all of them have in common (ObjectMeta, meta/v1).
//
// Views point into the object that was given and live as long as it.
// Thread-safety: values and pure functions; an ObjectPtr's object never changes.

#include <boost/json/object.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kube/resource.hpp"

namespace mc::kube {

using Object = boost::json::object;
using ObjectPtr = std::shared_ptr<const Object>;

/// Which object of a resource.
struct ObjectKey {
  std::string ns;  ///< empty if the resource has no namespaces
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
  /// "NS/NAME", or "NAME" without namespace.
  [[nodiscard]] std::string text() const;
};

struct ObjectKeyHash {
  size_t operator()(const ObjectKey& key) const noexcept;
};

/// The value at a path of keys, or null: find(pod, {"status", "phase"}).
const boost::json::value* find(const Object& object, std::initializer_list<std::string_view> path);
/// The object, array or text there; null or empty if it is missing or of another type.
const Object* findObject(const Object& object, std::initializer_list<std::string_view> path);
const boost::json::array* findArray(const Object& object,
                                    std::initializer_list<std::string_view> path);
std::string_view findText(const Object& object, std::initializer_list<std::string_view> path);
std::optional<int64_t> findNumber(const Object& object,
                                  std::initializer_list<std::string_view> path);

ObjectKey keyOf(const Object& object);
std::string_view nameOf(const Object& object);
std::string_view namespaceOf(const Object& object);
std::string_view uidOf(const Object& object);
std::string_view resourceVersionOf(const Object& object);
int64_t generationOf(const Object& object);
/// Empty if it has none of this name.
std::string_view labelOf(const Object& object, std::string_view name);
std::string_view annotationOf(const Object& object, std::string_view name);
/// Whether it is being deleted (metadata.deletionTimestamp).
bool isDeleting(const Object& object);

/// The ownerReference with controller: true, or null.
const Object* controllerOf(const Object& object);
/// UID of that owner; empty if there is none.
std::string_view controllerUidOf(const Object& object);

/// "2026-11-23T05:54:32Z", a Time of meta/v1. A MicroTime is what base::formatTime() writes, and
/// base::parseTime() (base/rfc3339.hpp) reads both.
std::string formatSeconds(double wall);

}  // namespace mc::kube
