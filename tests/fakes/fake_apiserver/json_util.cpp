#include "fakes/fake_apiserver/json_util.hpp"

#include <boost/json/array.hpp>

#include "base/rfc3339.hpp"

namespace mc::fakes {

namespace json = boost::json;

const json::value* at(const json::object& object, JsonPath path) {
  const json::object* in = &object;
  const json::value* found = nullptr;
  for (const auto step : path) {
    if (!in) return nullptr;
    found = in->if_contains(step);
    if (!found) return nullptr;
    in = found->if_object();
  }
  return found;
}

std::string textAt(const json::object& object, JsonPath path) {
  const auto* value = at(object, path);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

std::optional<int64_t> numberAt(const json::object& object, JsonPath path) {
  const auto* value = at(object, path);
  if (!value || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<int64_t>(error);
  if (error) return std::nullopt;
  return number;
}

bool trueAt(const json::object& object, JsonPath path) {
  const auto* value = at(object, path);
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag && *flag;
}

const json::object& objectAt(const json::object& object, JsonPath path) {
  static const json::object kEmpty;
  const auto* value = at(object, path);
  const auto* found = value ? value->if_object() : nullptr;
  return found ? *found : kEmpty;
}

const json::array& arrayAt(const json::object& object, JsonPath path) {
  static const json::array kEmpty;
  const auto* value = at(object, path);
  const auto* found = value ? value->if_array() : nullptr;
  return found ? *found : kEmpty;
}

json::object& child(json::object& object, std::string_view key) {
  auto& value = object[key];
  return value.is_object() ? value.get_object() : value.emplace_object();
}

json::array& childArray(json::object& object, std::string_view key) {
  auto& value = object[key];
  return value.is_array() ? value.get_array() : value.emplace_array();
}

void copyMember(const json::object& from, json::object& to, std::string_view key) {
  if (const auto* value = from.if_contains(key))
    to[key] = *value;
  else
    to.erase(key);
}

bool sameMember(const json::object& left, const json::object& right, std::string_view key) {
  const auto* a = left.if_contains(key);
  const auto* b = right.if_contains(key);
  return a && b ? *a == *b : !a && !b;
}

std::string nameOf(const json::object& object) {
  return textAt(object, {"metadata", "name"});
}

std::string namespaceOf(const json::object& object) {
  return textAt(object, {"metadata", "namespace"});
}

std::string uidOf(const json::object& object) {
  return textAt(object, {"metadata", "uid"});
}

std::string timestamp(double wall, bool micro) {
  const auto text = base::formatTime(wall);
  return micro ? text : text.substr(0, text.find('.')) + "Z";
}

}  // namespace mc::fakes
