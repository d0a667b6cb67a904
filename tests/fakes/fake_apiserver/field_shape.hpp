#pragma once
// How server-side apply treats each field: what is merged, what is one value.
//
// Source: "Merge strategy" of Kubernetes' Server-Side Apply (x-kubernetes-list-type,
// x-kubernetes-list-map-keys, x-kubernetes-map-type) and the listType/mapType markers of the API
// types.
// Thread-safety: values; shapes are immutable.

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mc::fakes {

enum class Merge {
  Fields,  ///< an object whose members are owned one by one
  Atomic,  ///< one value with one owner
  Set,     ///< a list whose items are owned one by one
  ByKeys,  ///< a list of objects, told apart by some of their members
};

struct FieldShape {
  Merge merge = Merge::Fields;
  std::vector<std::string> keys = {};  ///< of ByKeys
  /// What a missing key stands for.
  std::map<std::string, boost::json::value> keyDefaults = {};
};

/// Names of fields from the object's top; items of lists add nothing to it.
using FieldPath = std::vector<std::string>;

/// The shape of the list or object at a path.
using ShapeOf = std::function<FieldShape(const FieldPath& path, bool isList)>;

/// Shapes of the types that Kubernetes brings, by kind.
FieldShape builtinShape(const std::string& kind, const FieldPath& path, bool isList);

/// Shapes by an OpenAPI v3 schema of a CustomResourceDefinition; null: no schema is known.
ShapeOf shapesOfSchema(boost::json::object schema);

}  // namespace mc::fakes
