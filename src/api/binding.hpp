#pragma once
// How a row of a field table puts what was read into a structure.
//
// A Binding is two plain functions, so that tables are constants. bind<> and into<> make them from
// a pointer to a member.
//
// Thread-safety: pure functions on the caller's object.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/yaml.hpp"

namespace mc::api {

struct Binding {
  /// Stores a value that has passed its checks. Null: nothing to store.
  void (*set)(void* object, const base::YamlNode& value) = nullptr;
  /// The structure that a nested object is read into; of a list or map: a new element. Null: none.
  void* (*enter)(void* object, const std::string& key) = nullptr;
};

/// A string's text; of an integer, the digits.
std::string textOf(const base::YamlNode& value);

void store(bool& target, const base::YamlNode& value);
void store(std::string& target, const base::YamlNode& value);
void store(boost::json::object& target, const base::YamlNode& value);
void store(boost::json::array& target, const base::YamlNode& value);
template <class Integer>
  requires std::is_integral_v<Integer>
void store(Integer& target, const base::YamlNode& value) {
  target = value.is(base::YamlType::Integer) ? static_cast<Integer>(value.scalar.integer)
                                             : static_cast<Integer>(value.scalar.number);
}
template <class T>
void store(std::optional<T>& target, const base::YamlNode& value) {
  store(target.emplace(), value);
}
template <class T>
void store(std::vector<T>& target, const base::YamlNode& value) {
  for (const auto& item : value.items) store(target.emplace_back(), *item);
}
template <class T>
void store(std::map<std::string, T>& target, const base::YamlNode& value) {
  for (const auto& entry : value.entries) store(target[entry.key], *entry.value);
}
template <class T>
void store(std::vector<std::pair<std::string, T>>& target, const base::YamlNode& value) {
  for (const auto& entry : value.entries)
    store(target.emplace_back(entry.key, T()).second, *entry.value);
}

template <class T>
void* element(T& member, const std::string& /*key*/) {
  return &member;
}
template <class T>
void* element(std::vector<T>& member, const std::string& /*key*/) {
  return &member.emplace_back();
}
template <class T>
void* element(std::vector<std::pair<std::string, T>>& member, const std::string& key) {
  return &member.emplace_back(key, T()).second;
}

/// Stores into a member of Object.
template <class Object, auto Member>
constexpr Binding bind() {
  return {.set = [](void* object, const base::YamlNode& value) {
    store(static_cast<Object*>(object)->*Member, value);
  }};
}

/// Reads a nested object, or each one of a list or map, into a member of Object.
template <class Object, auto Member>
constexpr Binding into() {
  return {.enter = [](void* object, const std::string& key) {
    return element(static_cast<Object*>(object)->*Member, key);
  }};
}

/// Reads a nested object's fields into the same structure: the manifest nests, we don't.
constexpr Binding same() {
  return {.enter = [](void* object, const std::string& /*key*/) { return object; }};
}

/// Keeps the whole object as JSON in `Raw`, and reads its fields into `Parsed`.
template <class Object, auto Parsed, auto Raw>
constexpr Binding intoAndRaw() {
  return {.set = bind<Object, Raw>().set, .enter = into<Object, Parsed>().enter};
}

}  // namespace mc::api
