#include "api/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/yaml_scalar.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;
using Kind = Type::Kind;

/// Where in a schema a type stands.
struct Place {
  Versions version;
  /// kubectl apply compares lists as wholes: with defaults in their items it would find a
  /// difference each time. Who reads the object fills them in anyway.
  bool inList = false;
};

json::object schemaOf(const Type& type, const Field& field, const Place& place);

void setInteger(const Type& type, json::object& schema) {
  schema["type"] = "integer";
  schema["format"] = type.maximum <= kMaxInt32 ? "int32" : "int64";
  if (type.minimum != std::numeric_limits<int64_t>::min()) schema["minimum"] = type.minimum;
  if (type.maximum != std::numeric_limits<int64_t>::max()) schema["maximum"] = type.maximum;
}

/// Strings may be empty, which is as if they were left out, unless they are required.
std::string patternOf(const Format& format, bool required) {
  const std::string pattern(format.pattern);
  if (pattern.empty() || required || pattern.starts_with("^$|")) return pattern;
  return "^$|" + pattern;
}

void setText(const Type& type, const Field& field, json::object& schema) {
  schema["type"] = "string";
  if (field.required) schema["minLength"] = 1;
  if (!type.values.empty()) {
    json::array values;
    if (!field.required) values.emplace_back("");
    for (const auto value : type.values) values.emplace_back(value);
    schema["enum"] = std::move(values);
    return;
  }
  const std::string pattern = patternOf(*type.format, field.required);
  if (!pattern.empty()) schema["pattern"] = pattern;
  if (type.format->maxLength > 0) schema["maxLength"] = type.format->maxLength;
}

void setQuantity(const Type& type, const Field& field, json::object& schema) {
  schema["x-kubernetes-int-or-string"] = true;
  schema["anyOf"] = {{{"type", "integer"}}, {{"type", "string"}}};
  schema["minimum"] = 0;
  schema["pattern"] = patternOf(*type.format, field.required);
}

json::value defaultOf(const Field& field) {
  const std::string text(field.byDefault);
  const auto scalar = base::resolveScalar(text);
  if (field.type.kind == Kind::Boolean) return scalar.boolean;
  if (field.type.kind == Kind::Integer) return scalar.integer;
  return json::value(text);
}

json::object fieldSchema(const Field& field, const Place& place) {
  json::object schema = schemaOf(field.type, field, place);
  std::string doc(field.doc);
  if (field.support.stage == Support::Stage::Later)
    doc += ". Not carried out yet: " + std::string(field.support.what);
  schema["description"] = doc;
  if (!field.byDefault.empty() && !place.inList) schema["default"] = defaultOf(field);
  return schema;
}

json::array validationsOf(const Table& table, Versions version) {
  json::array rules;
  for (const auto& each : celRulesOf(table)) {
    if ((each.versions & version) == 0) continue;
    json::object rule = {{"rule", each.rule}, {"message", each.message}};
    if (!each.field.empty()) rule["fieldPath"] = each.field;
    rules.push_back(std::move(rule));
  }
  return rules;
}

void setObject(const Table& table, const Place& place, json::object& schema) {
  json::object properties;
  json::array required;
  for (const auto& field : table.fields) {
    if ((field.versions & place.version) == 0) continue;
    properties[field.name] = fieldSchema(field, place);
    if (field.required) required.emplace_back(field.name);
  }
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  auto rules = validationsOf(table, place.version);
  if (!rules.empty()) schema["x-kubernetes-validations"] = std::move(rules);
}

json::object schemaOf(const Type& type, const Field& field, const Place& place) {
  json::object schema;
  switch (type.kind) {
    case Kind::Any:
      schema["x-kubernetes-preserve-unknown-fields"] = true;
      break;
    case Kind::Boolean:
      schema["type"] = "boolean";
      break;
    case Kind::Integer:
      setInteger(type, schema);
      break;
    case Kind::String:
      setText(type, field, schema);
      break;
    case Kind::Quantity:
      setQuantity(type, field, schema);
      break;
    case Kind::List:
      schema["type"] = "array";
      schema["items"] = schemaOf(*type.items, field, {place.version, true});
      schema["x-kubernetes-list-type"] = "atomic";
      if (field.required) schema["minItems"] = 1;
      break;
    case Kind::Map:
      schema["type"] = "object";
      schema["additionalProperties"] = schemaOf(*type.items, field, place);
      break;
    case Kind::Object:
      setObject(*type.table, place, schema);
      break;
  }
  return schema;
}

/// Of metadata, Kubernetes lets a schema say something about the name only.
json::object metadataSchema(Versions version) {
  json::object name = fieldSchema(*kMetadataTable.find("name", version), {version});
  name.erase("minLength");
  return {{"type", "object"}, {"properties", {{"name", std::move(name)}}}};
}

}  // namespace

json::object openApiSchema(Versions version) {
  json::object properties;
  for (const auto& field : kDocumentTable.fields) {
    json::object schema = {{"type", "string"}};
    if (field.name == "spec") schema = fieldSchema(field, {version});
    if (field.name == "metadata") schema = metadataSchema(version);
    if (field.name == "status") schema = statusSchema();
    schema["description"] = field.doc;
    properties[field.name] = std::move(schema);
  }
  // Kubernetes' own words about metadata are better than ours.
  properties.at("metadata").as_object().erase("description");
  json::object schema = {
      {"type", "object"},
      {"description", "A Flux instance of one or more pods, and what runs in it"},
      {"properties", std::move(properties)},
      {"required", {"spec"}}};
  auto rules = validationsOf(kDocumentTable, version);
  if (!rules.empty()) schema["x-kubernetes-validations"] = std::move(rules);
  return schema;
}

}  // namespace mc::api
