#pragma once
// Who owns which fields: metadata.managedFields of an object.
//
// Source: "Server-Side Apply", "Field management". Thread-safety: values.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "fakes/fake_apiserver/field_set.hpp"
#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

struct FieldOwner {
  std::string manager;
  bool applies = false;  ///< operation Apply, else Update
  std::string apiVersion;
  std::string subresource;
  bool operator==(const FieldOwner&) const = default;
};

struct Ownership {
  FieldOwner owner;
  FieldSet fields;
  std::string time;
};

class ManagedFields {
 public:
  static ManagedFields of(const boost::json::object& object);
  /// Puts them into metadata.managedFields; leaves none there if there are none.
  void writeTo(boost::json::object& object) const;

  [[nodiscard]] const FieldSet& ownedBy(const FieldOwner& owner) const;
  /// What others than `owner` own.
  [[nodiscard]] FieldSet ownedByOthers(const FieldOwner& owner) const;
  /// All others that own some of `fields`, with those fields.
  [[nodiscard]] std::vector<Ownership> conflicts(const FieldOwner& owner,
                                                 const FieldSet& fields) const;

  /// `owner` has exactly these fields now; `time` is noted only if that is news.
  void set(const FieldOwner& owner, FieldSet fields, const std::string& time);
  /// No other than `owner` has these any more.
  void takeFromOthers(const FieldOwner& owner, const FieldSet& fields);
  /// Nobody has them, because they are gone.
  void forget(const FieldSet& fields);

 private:
  [[nodiscard]] Ownership* find(const FieldOwner& owner);
  void dropEmpty();
  std::vector<Ownership> entries_;
};

/// Notes a create or an update by other means than apply: `owner` gets what it changed.
void recordUpdate(const ResourceType& type, const FieldOwner& owner,
                  const boost::json::object& before, boost::json::object& after,
                  const std::string& time);

}  // namespace mc::fakes
