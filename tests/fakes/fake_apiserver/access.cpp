#include "fakes/fake_apiserver/access.hpp"

#include <algorithm>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

/// Whether a list of a rule holds `wanted` or the star.
bool lists(const json::object& rule, std::string_view list, const std::string& wanted) {
  const auto& values = arrayAt(rule, {list});
  return std::any_of(values.begin(), values.end(), [&](const json::value& value) {
    return value.is_string() && (value.get_string() == "*" || value.get_string() == wanted);
  });
}

bool ruleAllows(const json::object& rule, const RequestInfo& info, const std::string& verb) {
  const auto resource =
      info.subresource.empty() ? info.resource : info.resource + "/" + info.subresource;
  if (!lists(rule, "verbs", verb) || !lists(rule, "apiGroups", info.group) ||
      !lists(rule, "resources", resource))
    return false;
  const auto& names = arrayAt(rule, {"resourceNames"});
  return names.empty() ||
         std::find(names.begin(), names.end(), json::value(info.name)) != names.end();
}

/// What RBAC calls a verb.
std::string rbacVerb(const RequestInfo& info) {
  return info.verb == "apply" ? "patch" : info.verb;
}

}  // namespace

AccessRules::AccessRules(json::array rules, std::string user, std::string ns)
    : restricted_(true), rules_(std::move(rules)), user_(std::move(user)), ns_(std::move(ns)) {}

bool AccessRules::allows(const RequestInfo& info, const std::string& verb) const {
  if (!ns_.empty() && info.ns != ns_) return false;
  return std::any_of(rules_.begin(), rules_.end(), [&](const json::value& rule) {
    return rule.is_object() && ruleAllows(rule.get_object(), info, verb);
  });
}

Outcome<void> AccessRules::check(const RequestInfo& info) const {
  if (!restricted_ || info.verb == "raw" || allows(info, rbacVerb(info))) return {};
  const auto scope =
      info.ns.empty() ? "at the cluster scope" : "in the namespace " + quoted(info.ns);
  const auto resource =
      info.subresource.empty() ? info.resource : info.resource + "/" + info.subresource;
  return refuse(forbidden(info.group, info.resource, info.name,
                          "User " + quoted(user_) + " cannot " + rbacVerb(info) + " resource " +
                              quoted(resource) + " in API group " + quoted(info.group) + " " +
                              scope));
}

}  // namespace mc::fakes
