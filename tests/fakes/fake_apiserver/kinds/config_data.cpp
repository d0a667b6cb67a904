// ConfigMaps and Secrets.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "fakes/fake_apiserver/base64.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

bool isKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

/// The names of files, as which data may be mounted.
void checkKeys(const json::object& object, const char* field, std::vector<ApiCause>& causes) {
  for (const auto& entry : objectAt(object, {field})) {
    const std::string key(entry.key());
    if (isKey(key)) continue;
    causes.push_back(invalidValue(
        std::string(field) + "[" + key + "]", quoted(key),
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
        "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
        "'[-._a-zA-Z0-9]+')"));
  }
}

std::vector<ApiCause> checkData(const json::object& now, const json::object* before) {
  std::vector<ApiCause> causes;
  if (before && trueAt(*before, {"immutable"}))
    for (const auto* field : {"data", "binaryData", "immutable"})
      if (!sameMember(*before, now, field))
        causes.push_back(forbiddenValue(field, "field is immutable when `immutable` is set"));
  for (const auto* field : {"data", "binaryData"}) checkKeys(now, field, causes);
  for (const auto& entry : objectAt(now, {"data"}))
    if (!entry.value().is_string())
      causes.push_back(invalidValue("data", json::serialize(entry.value()), "must be a string"));
  return causes;
}

std::vector<ApiCause> checkSecret(const json::object& now, const json::object* before) {
  auto causes = checkData(now, before);
  if (before && !sameMember(*before, now, "type"))
    causes.push_back(invalidValue("type", quoted(textAt(now, {"type"})), "field is immutable"));
  return causes;
}

std::string decodeSecret(const json::object& secret) {
  for (const auto& entry : objectAt(secret, {"data"}))
    if (entry.value().is_string() && !isBase64(entry.value().get_string()))
      return "illegal base64 data at input byte 0";
  return "";
}

/// stringData is write-only: it ends up in data.
void fillSecret(json::object& secret, const HookContext&) {
  setDefault(secret, "type", "Opaque");
  const auto given = objectAt(secret, {"stringData"});
  secret.erase("stringData");
  for (const auto& entry : given)
    if (entry.value().is_string())
      child(secret, "data")[entry.key()] = toBase64(entry.value().get_string());
}

ResourceType dataType(const char* plural, const char* singular, const char* kind) {
  ResourceType type;
  type.plural = plural;
  type.singular = singular;
  type.kind = kind;
  type.versions = {{"", "v1"}};
  return type;
}

}  // namespace

ResourceType configMapType() {
  auto type = dataType("configmaps", "configmap", "ConfigMap");
  type.shortNames = {"cm"};
  type.validate = checkData;
  return type;
}

ResourceType secretType() {
  auto type = dataType("secrets", "secret", "Secret");
  type.defaults = fillSecret;
  type.decode = decodeSecret;
  type.validate = checkSecret;
  type.selectableFields = {"type"};
  return type;
}

}  // namespace mc::fakes
