#include "fakes/fake_apiserver/api_error.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

json::array causeArray(const std::vector<ApiCause>& causes) {
  json::array array;
  for (const auto& cause : causes)
    array.push_back({{"reason", cause.reason}, {"message", cause.message}, {"field", cause.field}});
  return array;
}

/// "jobs.batch", or "pods" for the core group.
std::string qualified(const std::string& group, const std::string& name) {
  return group.empty() ? name : name + "." + group;
}

json::object details(const std::string& group, const std::string& kind, const std::string& name) {
  json::object details;
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  details["kind"] = kind;
  return details;
}

std::string joined(const std::vector<ApiCause>& causes) {
  if (causes.size() == 1) return causes[0].field + ": " + causes[0].message;
  std::string text = "[";
  for (const auto& cause : causes) {
    if (text.size() > 1) text += ", ";
    text += cause.field + ": " + cause.message;
  }
  return text + "]";
}

}  // namespace

json::object toStatus(const ApiError& error) {
  json::object status{
      {"kind", "Status"},    {"apiVersion", "v1"},       {"metadata", error.listMetadata},
      {"status", "Failure"}, {"message", error.message}, {"reason", error.reason},
      {"code", error.code}};
  json::object details = error.details;
  if (error.retryAfterSeconds > 0) details["retryAfterSeconds"] = error.retryAfterSeconds;
  if (!details.empty()) status["details"] = std::move(details);
  return status;
}

json::object successStatus(const ResourceType& type, const std::string& group,
                           const std::string& name, const std::string& uid) {
  json::object about = details(group, type.plural, name);
  about["uid"] = uid;
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", json::object{}},
          {"status", "Success"},
          {"details", std::move(about)}};
}

std::string quoted(const std::string& text) {
  return json::serialize(json::string(text));
}

ApiCause invalidValue(std::string field, const std::string& value, const std::string& detail) {
  return {"FieldValueInvalid", std::move(field), "Invalid value: " + value + ": " + detail};
}

ApiCause requiredValue(std::string field, const std::string& detail) {
  return {"FieldValueRequired", std::move(field),
          detail.empty() ? "Required value" : "Required value: " + detail};
}

ApiCause forbiddenValue(std::string field, const std::string& detail) {
  return {"FieldValueForbidden", std::move(field), "Forbidden: " + detail};
}

ApiCause unsupportedValue(std::string field, const std::string& value,
                          const std::vector<std::string>& supported) {
  std::string list;
  for (const auto& one : supported) list += (list.empty() ? "" : ", ") + quoted(one);
  return {"FieldValueNotSupported", std::move(field),
          "Unsupported value: " + value + ": supported values: " + list};
}

ApiError notFound(const std::string& group, const std::string& plural, const std::string& name) {
  return {404, "NotFound", qualified(group, plural) + " " + quoted(name) + " not found",
          details(group, plural, name)};
}

ApiError pathNotFound() {
  ApiError error{404, "NotFound", "404 page not found"};
  error.plain = true;
  return error;
}

ApiError alreadyExists(const std::string& group, const std::string& plural,
                       const std::string& name) {
  return {409, "AlreadyExists", qualified(group, plural) + " " + quoted(name) + " already exists",
          details(group, plural, name)};
}

ApiError conflict(const std::string& group, const std::string& plural, const std::string& name,
                  const std::string& why) {
  return {409, "Conflict",
          "Operation cannot be fulfilled on " + qualified(group, plural) + " " + quoted(name) +
              ": " + why,
          details(group, plural, name)};
}

ApiError staleVersion(const std::string& group, const std::string& plural,
                      const std::string& name) {
  return conflict(group, plural, name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

ApiError applyConflict(const std::vector<ApiCause>& causes) {
  std::string list;
  std::string owner;
  for (const auto& cause : causes) {
    if (cause.message != owner)
      list += (list.empty() ? "conflicts" : "\nconflicts") + cause.message.substr(8) + ":";
    owner = cause.message;
    list += "\n- " + cause.field;
  }
  if (causes.size() == 1) list = owner + ": " + causes[0].field;
  return {409,
          "Conflict",
          "Apply failed with " + std::to_string(causes.size()) +
              (causes.size() == 1 ? " conflict: " : " conflicts: ") + list,
          {{"causes", causeArray(causes)}}};
}

ApiError invalid(const std::string& group, const std::string& kind, const std::string& name,
                 const std::vector<ApiCause>& causes) {
  json::object about = details(group, kind, name);
  about["causes"] = causeArray(causes);
  return {422, "Invalid",
          qualified(group, kind) + " " + quoted(name) + " is invalid: " + joined(causes),
          std::move(about)};
}

ApiError unexplained(const std::string& message) {
  return {500, "", message};
}

ApiError badRequest(const std::string& message) {
  return {400, "BadRequest", message, {}};
}

ApiError forbidden(const std::string& group, const std::string& plural, const std::string& name,
                   const std::string& why) {
  const std::string subject =
      name.empty() ? qualified(group, plural) : qualified(group, plural) + " " + quoted(name);
  return {403, "Forbidden", subject + " is forbidden: " + why, details(group, plural, name)};
}

ApiError unauthorized() {
  return {401, "Unauthorized", "Unauthorized", {}};
}

ApiError methodNotAllowed() {
  return {405,
          "MethodNotAllowed",
          "the server does not allow this method on the requested resource",
          {}};
}

ApiError unsupportedMediaType() {
  return {415,
          "UnsupportedMediaType",
          "the body of the request was in an unknown format - accepted media types include: "
          "application/json-patch+json, application/merge-patch+json, "
          "application/apply-patch+yaml",
          {}};
}

ApiError expired(const std::string& message) {
  return {410, "Expired", message, {}};
}

ApiError tooManyRequests(int retryAfterSeconds) {
  return {429,
          "TooManyRequests",
          "The server has received too many requests and has asked us to try again later",
          {},
          retryAfterSeconds};
}

ApiError revisionTooLarge(long wanted, long current) {
  const json::object cause{{"reason", "ResourceVersionTooLarge"},
                           {"message", "Too large resource version"}};
  ApiError error{504, "Timeout",
                 "Timeout: Too large resource version: " + std::to_string(wanted) +
                     ", current: " + std::to_string(current)};
  error.details["causes"] = json::array{cause};
  error.retryAfterSeconds = 1;
  return error;
}

}  // namespace mc::fakes
