#include "operator/webhook/review.hpp"

#include <boost/json/array.hpp>

#include "api/conversion.hpp"
#include "api/object.hpp"
#include "kube/object.hpp"
#include "operator/policies/limits.hpp"
#include "operator/policies/scaling.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;

/// kubectl prints each on a line of its own; the API server limits their length in all.
constexpr size_t kMostWarnings = 10;
constexpr size_t kMostCauses = 50;

struct Review {
  std::string apiVersion;
  const json::object& request;
  json::value uid;
};

base::Result<Review> parseReview(const json::object& review, const std::string& apiVersion,
                                 const std::string& kind) {
  const auto* request = kube::findObject(review, {"request"});
  const bool right = kube::findText(review, {"apiVersion"}) == apiVersion &&
                     kube::findText(review, {"kind"}) == kind && request != nullptr;
  if (!right) return base::fail(EINVAL, "not a " + kind + " of " + apiVersion);
  return Review{apiVersion, *request, json::value(kube::findText(*request, {"uid"}))};
}

json::object answerTo(const Review& review, const char* kind, json::object response) {
  response["uid"] = review.uid;
  return {{"apiVersion", review.apiVersion}, {"kind", kind}, {"response", std::move(response)}};
}

base::Result<json::array> convertAll(const json::object& request) {
  const std::string wanted(kube::findText(request, {"desiredAPIVersion"}));
  json::array converted;
  const auto* objects = kube::findArray(request, {"objects"});
  if (objects == nullptr) return converted;
  converted.reserve(objects->size());
  for (const auto& object : *objects) {
    if (!object.is_object()) return base::fail(EINVAL, "objects: holds what is no object");
    MC_TRY_ASSIGN(auto result, api::convertTo(wanted, object.get_object()));
    converted.push_back(std::move(result));
  }
  return converted;
}

/// "FIELD: CAUSE (CURE)"
std::string textOf(const api::Problem& problem) {
  std::string text = problem.text("");
  return text.starts_with(": ") ? text.substr(2) : text;
}

std::string messageOf(const api::Problem& problem) {
  return problem.cure.empty() ? problem.message : problem.message + " (" + problem.cure + ")";
}

/// meta/v1 Status with details, which kubectl prints as it does its own server's.
json::object refusal(const json::object& request, const std::vector<api::Problem>& problems) {
  json::array causes;
  std::string message;
  for (const auto& problem : problems) {
    if (causes.size() == kMostCauses) break;
    message += (message.empty() ? "" : "\n") + textOf(problem);
    causes.push_back(json::object{{"reason", "FieldValueInvalid"},
                                  {"field", problem.field},
                                  {"message", messageOf(problem)}});
  }
  const auto* object = kube::findObject(request, {"object"});
  json::object details = {{"group", kube::findText(request, {"kind", "group"})},
                          {"kind", kube::findText(request, {"kind", "kind"})},
                          {"name", object == nullptr ? "" : kube::nameOf(*object)},
                          {"causes", std::move(causes)}};
  return {{"allowed", false},
          {"status",
           {{"status", "Failure"},
            {"code", 422},
            {"reason", "Invalid"},
            {"message", message},
            {"details", std::move(details)}}}};
}

json::object allowance(const std::vector<api::Document>& documents) {
  json::array warnings;
  for (const auto& document : documents) {
    for (const auto& note : document.cluster.withoutEffect) {
      if (warnings.size() < kMostWarnings)
        warnings.emplace_back(note.field + ": without effect: " + note.text);
    }
  }
  json::object response = {{"allowed", true}};
  if (!warnings.empty()) response["warnings"] = std::move(warnings);
  return response;
}

bool leavesSpecAlone(const json::object& old, const json::object& wanted) {
  const auto* before = kube::find(old, {"spec"});
  const auto* after = kube::find(wanted, {"spec"});
  return before != nullptr && after != nullptr && *before == *after;
}

/// Both as they were written: what the version at hand lacks counts, too.
std::vector<api::Problem> checkChange(const json::object& old, const json::object& wanted) {
  const auto before = api::asWritten(old);
  const auto after = api::asWritten(wanted);
  if (!before || !after) return {};
  const auto version = kube::findText(*before, {"apiVersion"});
  if (version == kube::findText(*after, {"apiVersion"})) return checkUpdate(*before, *after);
  return {{0, 0, "metadata.annotations",
           "without " + std::string(version.substr(version.find('/') + 1)) +
               "-fields the cluster would mean something else than what was created",
           "keep the annotation, or delete the MiniCluster and create it again"}};
}

json::object decide(const json::object& request) {
  const auto* wanted = kube::findObject(request, {"object"});
  const auto* old = kube::findObject(request, {"oldObject"});
  const auto operation = kube::findText(request, {"operation"});
  const bool update = operation == "UPDATE";
  const bool asked = (update || operation == "CREATE") && wanted != nullptr &&
                     kube::findText(request, {"subResource"}).empty();
  if (!asked || kube::isDeleting(*wanted)) return {{"allowed", true}};
  const bool changes = update && old != nullptr;
  const auto refused = changes ? checkChange(*old, *wanted) : std::vector<api::Problem>();
  if (changes && refused.empty() && leavesSpecAlone(*old, *wanted)) return {{"allowed", true}};
  auto result = api::readObject(*wanted);
  for (const auto& document : result.documents) {
    const auto more = checkForKubernetes(document.cluster);
    result.problems.insert(result.problems.end(), more.begin(), more.end());
  }
  if (result.problems.empty()) result.problems = refused;
  return result.problems.empty() ? allowance(result.documents) : refusal(request, result.problems);
}

}  // namespace

base::Result<json::object> answerConversion(const json::object& review) {
  constexpr const char* kKind = "ConversionReview";
  MC_TRY_ASSIGN(const Review asked, parseReview(review, "apiextensions.k8s.io/v1", kKind));
  auto converted = convertAll(asked.request);
  if (!converted)
    return answerTo(asked, kKind,
                    {{"result", {{"status", "Failure"}, {"message", converted.error().message}}}});
  return answerTo(
      asked, kKind,
      {{"result", {{"status", "Success"}}}, {"convertedObjects", std::move(*converted)}});
}

base::Result<json::object> answerAdmission(const json::object& review) {
  constexpr const char* kKind = "AdmissionReview";
  MC_TRY_ASSIGN(const Review asked, parseReview(review, "admission.k8s.io/v1", kKind));
  return answerTo(asked, kKind, decide(asked.request));
}

}  // namespace mc::controller
