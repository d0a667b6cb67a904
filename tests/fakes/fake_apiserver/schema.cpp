#include "fakes/fake_apiserver/schema.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <regex>
#include <set>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

const json::object* propertySchema(const json::object& schema, json::string_view name) {
  for (const auto* from : {at(schema, {"properties", name}), at(schema, {"additionalProperties"})})
    if (from && from->is_object()) return &from->get_object();
  return nullptr;
}

bool keepsUnknown(const json::object& schema) {
  const auto* additional = at(schema, {"additionalProperties"});
  return trueAt(schema, {"x-kubernetes-preserve-unknown-fields"}) ||
         (additional && additional->is_bool() && additional->get_bool());
}

/// What the server itself keeps at the top of every object.
bool serversOwn(const std::string& path, json::string_view name) {
  return path.empty() && (name == "apiVersion" || name == "kind" || name == "metadata");
}

std::string join(const std::string& path, json::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string item(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

void pruneValue(const json::object& schema, const std::string& path, json::value& value,
                std::vector<std::string>& unknown) {
  if (auto* list = value.if_array()) {
    const auto& items = objectAt(schema, {"items"});
    for (size_t i = 0; i < list->size(); ++i) pruneValue(items, item(path, i), (*list)[i], unknown);
    return;
  }
  auto* object = value.if_object();
  if (!object) return;
  std::vector<std::string> drop;
  for (auto& entry : *object) {
    if (serversOwn(path, entry.key())) continue;
    const auto* inner = propertySchema(schema, entry.key());
    if (inner)
      pruneValue(*inner, join(path, entry.key()), entry.value(), unknown);
    else if (!keepsUnknown(schema))
      drop.emplace_back(entry.key());
  }
  for (const auto& name : drop) {
    object->erase(name);
    unknown.push_back(join(path, name));
  }
}

class Checker {
 public:
  std::vector<ApiCause> causes;

  void value(const json::object& schema, const std::string& path, const json::value& value) {
    if (value.is_null() && trueAt(schema, {"nullable"})) return;
    if (!typeFits(schema, value)) return wrongType(schema, path, value);
    enumeration(schema, path, value);
    if (value.is_number()) number(schema, path, value);
    if (const auto* text = value.if_string()) string(schema, path, *text);
    if (const auto* list = value.if_array()) array(schema, path, *list);
    if (const auto* object = value.if_object()) members(schema, path, *object);
  }

 private:
  static bool typeFits(const json::object& schema, const json::value& value) {
    if (trueAt(schema, {"x-kubernetes-int-or-string"}))
      return value.is_string() || value.is_int64() || value.is_uint64();
    const auto type = textAt(schema, {"type"});
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return type != "number" || value.is_number();
  }

  static const char* kindOf(const json::value& value) {
    if (value.is_string()) return "string";
    if (value.is_bool()) return "boolean";
    if (value.is_array()) return "array";
    if (value.is_object()) return "object";
    if (value.is_null()) return "null";
    return value.is_double() ? "number" : "integer";
  }

  void wrongType(const json::object& schema, const std::string& path, const json::value& value) {
    const std::string kind = kindOf(value);
    causes.push_back({"FieldValueTypeInvalid", path,
                      "Invalid value: " + quoted(kind) + ": " + path + " in body must be of type " +
                          textAt(schema, {"type"}) + ": " + quoted(kind)});
  }

  void bad(const std::string& path, const json::value& value, const std::string& rule) {
    causes.push_back(invalidValue(path, json::serialize(value), path + " in body " + rule));
  }

  void enumeration(const json::object& schema, const std::string& path, const json::value& value) {
    const auto& allowed = arrayAt(schema, {"enum"});
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end())
      return;
    std::vector<std::string> names;
    for (const auto& one : allowed)
      names.push_back(one.is_string() ? std::string(one.get_string()) : json::serialize(one));
    causes.push_back(unsupportedValue(path, json::serialize(value), names));
  }

  void number(const json::object& schema, const std::string& path, const json::value& value) {
    boost::system::error_code error;
    const auto given = value.to_number<double>(error);
    const auto limit = [&](const char* key) {
      const auto* bound = at(schema, {key});
      return bound && bound->is_number() ? bound : nullptr;
    };
    if (const auto* least = limit("minimum"); least && given < least->to_number<double>(error))
      bad(path, value, "should be greater than or equal to " + json::serialize(*least));
    if (const auto* most = limit("maximum"); most && given > most->to_number<double>(error))
      bad(path, value, "should be less than or equal to " + json::serialize(*most));
  }

  void string(const json::object& schema, const std::string& path, const json::string& text) {
    const auto size = static_cast<int64_t>(text.size());
    const auto least = numberAt(schema, {"minLength"});
    const auto most = numberAt(schema, {"maxLength"});
    if (least && size < *least)
      bad(path, text, "should be at least " + std::to_string(*least) + " chars long");
    if (most && size > *most)
      causes.push_back({"FieldValueTooLong", path,
                        "Too long: may not be more than " + std::to_string(*most) + " bytes"});
    const auto pattern = textAt(schema, {"pattern"});
    if (!pattern.empty() && !std::regex_search(std::string(text), std::regex(pattern)))
      bad(path, text, "should match '" + pattern + "'");
  }

  void array(const json::object& schema, const std::string& path, const json::array& list) {
    const auto least = numberAt(schema, {"minItems"});
    const auto most = numberAt(schema, {"maxItems"});
    const auto size = static_cast<int64_t>(list.size());
    if (least && size < *least)
      bad(path, size, "should have at least " + std::to_string(*least) + " items");
    if (most && size > *most)
      causes.push_back({"FieldValueTooMany", path,
                        "Too many: " + std::to_string(size) + ": must have at most " +
                            std::to_string(*most) + " items"});
    duplicates(schema, path, list);
    const auto* items = at(schema, {"items"});
    if (!items || !items->is_object()) return;
    for (size_t i = 0; i < list.size(); ++i) value(items->get_object(), item(path, i), list[i]);
  }

  /// Items of sets are told apart by their value, those of maps by their keys.
  void duplicates(const json::object& schema, const std::string& path, const json::array& list) {
    const auto type = textAt(schema, {"x-kubernetes-list-type"});
    if (type != "set" && type != "map") return;
    std::set<std::string> seen;
    for (size_t i = 0; i < list.size(); ++i) {
      json::object keys;
      if (type == "map" && list[i].is_object())
        for (const auto& key : arrayAt(schema, {"x-kubernetes-list-map-keys"}))
          if (key.is_string()) copyMember(list[i].get_object(), keys, key.get_string());
      const auto text = json::serialize(type == "map" ? json::value(keys) : list[i]);
      if (!seen.insert(text).second)
        causes.push_back({"FieldValueDuplicate", item(path, i), "Duplicate value: " + text});
    }
  }

  void members(const json::object& schema, const std::string& path, const json::object& object) {
    for (const auto& name : arrayAt(schema, {"required"}))
      if (name.is_string() && !object.if_contains(name.get_string()))
        causes.push_back(requiredValue(join(path, name.get_string())));
    for (const auto& entry : object) {
      if (serversOwn(path, entry.key())) continue;
      if (const auto* inner = propertySchema(schema, entry.key()))
        value(*inner, join(path, entry.key()), entry.value());
    }
  }
};

}  // namespace

void fillDefaults(const json::object& schema, json::value& value) {
  if (auto* list = value.if_array()) {
    for (auto& one : *list) fillDefaults(objectAt(schema, {"items"}), one);
    return;
  }
  auto* object = value.if_object();
  if (!object) return;
  for (const auto& property : objectAt(schema, {"properties"})) {
    if (!property.value().is_object()) continue;
    const auto* standard = property.value().get_object().if_contains("default");
    const auto* given = object->if_contains(property.key());
    const bool nullable = trueAt(property.value().get_object(), {"nullable"});
    if (standard && (!given || (given->is_null() && !nullable)))
      (*object)[property.key()] = *standard;
  }
  for (auto& entry : *object)
    if (const auto* inner = propertySchema(schema, entry.key()))
      fillDefaults(*inner, entry.value());
}

std::vector<std::string> pruneUnknown(const json::object& schema, json::object& object) {
  std::vector<std::string> unknown;
  json::value value = std::move(object);
  pruneValue(schema, "", value, unknown);
  object = std::move(value.get_object());
  return unknown;
}

std::vector<ApiCause> checkSchema(const json::object& schema, const json::object& object) {
  Checker checker;
  checker.value(schema, "", object);
  return std::move(checker.causes);
}

}  // namespace mc::fakes
