#pragma once
// Short ways to the fields of API objects, beyond those of kube/object.hpp.
//
// Thread-safety: pure functions.

#include <boost/json/array.hpp>
#include <string>
#include <string_view>

#include "api/minicluster.hpp"
#include "base/rfc3339.hpp"
#include "kube/object.hpp"

namespace mc::remote {

using Path = std::initializer_list<std::string_view>;

inline std::string textAt(const kube::Object& object, Path path) {
  return std::string(kube::findText(object, path));
}

inline int numberAt(const kube::Object& object, Path path) {
  return static_cast<int>(kube::findNumber(object, path).value_or(0));
}

/// Unix time; 0 if there is none.
inline double timeAt(const kube::Object& object, Path path) {
  return base::parseTime(kube::findText(object, path));
}

inline bool isTrueAt(const kube::Object& object, Path path) {
  const boost::json::value* value = kube::find(object, path);
  return value != nullptr && value->is_bool() && value->get_bool();
}

/// Empty if it is missing or no array.
const boost::json::array& arrayAt(const kube::Object& object, Path path);

/// The entries of an object whose values are texts.
api::StringMap textsAt(const kube::Object& object, Path path);

/// The object of `array` whose "name" is `name`, or null.
const kube::Object* named(const boost::json::array& array, std::string_view name);

/// Calls `use` with each entry that is an object.
template <class Use>
void eachObject(const boost::json::array& array, const Use& use) {
  for (const auto& entry : array)
    if (const kube::Object* object = entry.if_object()) use(*object);
}

}  // namespace mc::remote
