#include "fakes/fake_apiserver/metadata_rules.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

bool lowerAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// One part of a name between dots.
bool isLabel(std::string_view text) {
  if (text.empty() || text.size() > 63 || !lowerAlnum(text.front()) || !lowerAlnum(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return lowerAlnum(c) || c == '-'; });
}

bool isSubdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const auto dot = text.find('.');
    if (!isLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isQualifiedPart(std::string_view text) {
  const auto alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  if (text.empty() || text.size() > 63 || !alnum(text.front()) || !alnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return alnum(c) || c == '-' || c == '_' || c == '.'; });
}

constexpr const char* kSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr const char* kLabelRule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* kServiceRule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
constexpr const char* kLabelValueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

void checkName(const ResourceType& type, const std::string& name, std::vector<ApiCause>& causes) {
  if (name.empty())
    return causes.push_back(requiredValue("metadata.name", "name or generateName is required"));
  const auto bad = [&](const char* rule) {
    causes.push_back(invalidValue("metadata.name", quoted(name), rule));
  };
  if (type.group() == "rbac.authorization.k8s.io") return;
  if (type.kind == "Service") {
    if (!isLabel(name) || !std::isalpha(static_cast<unsigned char>(name[0]))) bad(kServiceRule);
  } else if (type.kind == "Namespace") {
    if (!isLabel(name)) bad(kLabelRule);
  } else if (!isSubdomain(name)) {
    bad(kSubdomainRule);
  }
}

void checkLabels(const json::object& object, std::vector<ApiCause>& causes) {
  for (const auto& entry : objectAt(object, {"metadata", "labels"})) {
    const auto* value = entry.value().if_string();
    if (!value || value->empty() || isQualifiedPart(*value)) continue;
    const char* rule = value->size() > 63 ? "must be no more than 63 bytes" : kLabelValueRule;
    causes.push_back(invalidValue("metadata.labels", quoted(std::string(*value)), rule));
  }
}

void checkOwners(const json::object& object, std::vector<ApiCause>& causes) {
  std::vector<std::string> controllers;
  for (const auto& reference : arrayAt(object, {"metadata", "ownerReferences"})) {
    if (!reference.is_object()) continue;
    if (trueAt(reference.get_object(), {"controller"}))
      controllers.push_back(textAt(reference.get_object(), {"kind"}) + "/" +
                            textAt(reference.get_object(), {"name"}));
    for (const auto* field : {"apiVersion", "kind", "name", "uid"})
      if (textAt(reference.get_object(), {field}).empty())
        causes.push_back(invalidValue(std::string("metadata.ownerReferences.") + field, "\"\"",
                                      std::string(field) + " must not be empty"));
  }
  if (controllers.size() > 1)
    causes.push_back(invalidValue(
        "metadata.ownerReferences",
        json::serialize(arrayAt(object, {"metadata", "ownerReferences"})),
        "Only one reference can have Controller set to true. Found \"true\" in references for " +
            controllers[0] + " and " + controllers[1]));
}

void checkFinalizers(const json::object& now, const json::object& before,
                     std::vector<ApiCause>& causes) {
  if (textAt(before, {"metadata", "deletionTimestamp"}).empty()) return;
  const auto& old = arrayAt(before, {"metadata", "finalizers"});
  for (const auto& finalizer : arrayAt(now, {"metadata", "finalizers"})) {
    if (std::find(old.begin(), old.end(), finalizer) != old.end()) continue;
    causes.push_back(forbiddenValue(
        "metadata.finalizers",
        "no new finalizers can be added if the object is being deleted, found new finalizers "
        "[]string{" +
            json::serialize(finalizer) + "}"));
  }
}

}  // namespace

std::vector<ApiCause> checkMetadata(const ResourceType& type, const json::object& now,
                                    const json::object* before) {
  std::vector<ApiCause> causes;
  if (!before) checkName(type, nameOf(now), causes);
  checkLabels(now, causes);
  checkOwners(now, causes);
  if (before) checkFinalizers(now, *before, causes);
  return causes;
}

}  // namespace mc::fakes
