#pragma once
// A set of fields of an object, as metadata.managedFields keeps it ("FieldsV1").
//
// Steps are written as there: "f:NAME" a member, `k:{"name":"x"}` an item of a list by its keys,
// "v:VALUE" an item of a set. Source: structured-merge-diff's fieldpath, meta/v1 FieldsV1.
// Thread-safety: values.

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

struct FieldSet {
  bool member = false;  ///< the field itself is in the set
  std::map<std::string, FieldSet> children;

  [[nodiscard]] bool empty() const { return !member && children.empty(); }
  /// Whether this field or one below it is in the set: what an object of it must keep.
  [[nodiscard]] const FieldSet* find(const std::string& step) const;
  bool operator==(const FieldSet&) const = default;
};

void unite(FieldSet& into, const FieldSet& other);
void subtract(FieldSet& from, const FieldSet& other);
FieldSet intersection(const FieldSet& one, const FieldSet& other);

/// {"f:spec":{"f:size":{}}}; a field that is in the set and has others below it carries ".".
boost::json::object toFieldsV1(const FieldSet& set);
FieldSet fromFieldsV1(const boost::json::object& fields);

/// ".spec.containers[name=\"x\"].image" for each field in the set, as messages name them.
std::vector<std::string> describeFields(const FieldSet& set);

/// All fields that an object sets.
FieldSet fieldsOf(const ResourceType& type, const boost::json::object& object);

/// What differs between two states of an object.
struct FieldChanges {
  FieldSet changed;  ///< added or modified, as in `after`
  FieldSet removed;
};
FieldChanges compareFields(const ResourceType& type, const boost::json::object& before,
                           const boost::json::object& after);

/// The step of a list's item: by its keys, or by its value.
std::string itemStep(const FieldShape& shape, const boost::json::value& item);

/// Takes out what no manager owns: apiVersion, kind, names, uid, generation, managedFields ...
void dropUnmanaged(FieldSet& set);

}  // namespace mc::fakes
