#include "engine/secret.hpp"

#include "base/base64.hpp"

namespace mc::engine {

namespace {

namespace json = boost::json;

/// The member, if it is an object; an empty one otherwise.
const json::object& memberOf(const json::object& object, std::string_view name) {
  static const json::object kEmpty;
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : kEmpty;
}

std::string textOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

json::object secretObject(const Secret& secret) {
  json::object metadata = {{"name", secret.name}, {"namespace", secret.ns}};
  if (!secret.labels.empty()) {
    json::object labels;
    for (const auto& [key, value] : secret.labels) labels[key] = value;
    metadata["labels"] = std::move(labels);
  }
  json::object data;
  for (const auto& [key, value] : secret.data) data[key] = base::base64Encode(value);
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata", std::move(metadata)},
          {"type", secret.type},
          {"data", std::move(data)}};
}

base::Result<Secret> readSecret(const json::object& object) {
  const json::object& metadata = memberOf(object, "metadata");
  Secret secret;
  secret.ns = textOf(metadata, "namespace");
  secret.name = textOf(metadata, "name");
  secret.type = textOf(object, "type");
  const json::object& labels = memberOf(metadata, "labels");
  for (const auto& [key, value] : labels) secret.labels[std::string(key)] = textOf(labels, key);
  const json::object& data = memberOf(object, "data");
  for (const auto& [key, value] : data) {
    const std::string name(key);
    MC_TRY_ASSIGN(secret.data[name], base::base64Decode(textOf(data, key))
                                         .prefixed("Secret \"" + secret.name + "\", key " + name));
  }
  return secret;
}

}  // namespace mc::engine
