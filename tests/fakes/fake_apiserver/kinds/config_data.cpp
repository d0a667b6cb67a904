// ConfigMaps and Secrets.
#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/base64.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::vector<ApiCause> checkData(const json::object& now, const json::object* before) {
  std::vector<ApiCause> causes;
  if (before && trueAt(*before, {"immutable"}))
    for (const auto* field : {"data", "binaryData", "immutable"})
      if (!sameMember(*before, now, field))
        causes.push_back(forbiddenValue(field, "field is immutable when `immutable` is set"));
  for (const auto& entry : objectAt(now, {"data"}))
    if (!entry.value().is_string())
      causes.push_back(invalidValue("data", json::serialize(entry.value()), "must be a string"));
  return causes;
}

std::vector<ApiCause> checkSecret(const json::object& now, const json::object* before) {
  auto causes = checkData(now, before);
  for (const auto& entry : objectAt(now, {"data"}))
    if (entry.value().is_string() && !isBase64(entry.value().get_string()))
      causes.push_back(invalidValue("data[" + std::string(entry.key()) + "]", "<hidden>",
                                    "illegal base64 data"));
  if (before && !sameMember(*before, now, "type"))
    causes.push_back(invalidValue("type", quoted(textAt(now, {"type"})), "field is immutable"));
  return causes;
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
  type.validate = checkSecret;
  type.selectableFields = {"type"};
  return type;
}

}  // namespace mc::fakes
