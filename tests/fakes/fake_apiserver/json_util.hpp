#pragma once
// Short ways into JSON objects whose shape is not known for sure.
//
// Thread-safety: pure functions; as safe as what they are given.

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mc::fakes {

using JsonPath = std::initializer_list<std::string_view>;

/// The value at object[path0][path1]..., or null if there is none.
const boost::json::value* at(const boost::json::object& object, JsonPath path);
/// The string there, or "".
std::string textAt(const boost::json::object& object, JsonPath path);
/// The integer there, if there is one.
std::optional<int64_t> numberAt(const boost::json::object& object, JsonPath path);
bool trueAt(const boost::json::object& object, JsonPath path);
/// The object there, or an empty one.
const boost::json::object& objectAt(const boost::json::object& object, JsonPath path);
/// The array there, or an empty one.
const boost::json::array& arrayAt(const boost::json::object& object, JsonPath path);

/// The member `key` as an object, made if it is missing or something else.
boost::json::object& child(boost::json::object& object, std::string_view key);
/// The member `key` as an array, made if it is missing or something else.
boost::json::array& childArray(boost::json::object& object, std::string_view key);
inline boost::json::object& metadata(boost::json::object& object) {
  return child(object, "metadata");
}
/// Sets object[key] unless it is there and not null.
template <class Value>
void setDefault(boost::json::object& object, std::string_view key, Value&& value) {
  auto& member = object[key];
  if (member.is_null()) member = std::forward<Value>(value);
}
/// Takes all items out of a list for which `unwanted` holds.
template <class Predicate>
void eraseIf(boost::json::array& list, const Predicate& unwanted) {
  list.erase(std::remove_if(list.begin(), list.end(), unwanted), list.end());
}
/// Makes to[key] what from[key] is, missing included.
void copyMember(const boost::json::object& from, boost::json::object& to, std::string_view key);
/// Whether both have the same member `key`, or both none.
bool sameMember(const boost::json::object& left, const boost::json::object& right,
                std::string_view key);

std::string nameOf(const boost::json::object& object);
std::string namespaceOf(const boost::json::object& object);
std::string uidOf(const boost::json::object& object);

/// "2026-11-23T09:12:00Z", or with six digits of microseconds.
std::string timestamp(double wall, bool micro = false);

}  // namespace mc::fakes
