// The schema of a MiniCluster's status. The operator writes it; these are its fields.

#include <boost/json/array.hpp>

#include "api/schema.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;

json::object text(const char* doc) {
  return {{"type", "string"}, {"description", doc}};
}

json::object number(const char* doc, const char* format = "int32") {
  return {{"type", "integer"}, {"format", format}, {"description", doc}};
}

json::object time(const char* doc) {
  return {{"type", "string"}, {"format", "date-time"}, {"description", doc}};
}

/// meta/v1 Condition.
json::object conditionSchema() {
  json::object properties = {
      {"type", text("Accepted, Ready, Running, Succeeded, Failed or Suspended")},
      {"status", text("True, False or Unknown")},
      {"reason", text("Why, as one word for programs")},
      {"message", text("Why, for people")},
      {"lastTransitionTime", time("When the status became what it is")},
      {"observedGeneration", number("metadata.generation that this is about", "int64")}};
  properties["status"].as_object()["enum"] = {"True", "False", "Unknown"};
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"required", {"type", "status"}}};
}

json::object conditionsSchema() {
  return {{"type", "array"},
          {"description", "What is known about the MiniCluster; kubectl wait --for=condition=..."},
          {"items", conditionSchema()},
          {"x-kubernetes-list-type", "map"},
          {"x-kubernetes-list-map-keys", {"type"}}};
}

}  // namespace

json::object statusSchema() {
  json::object properties = {
      {"phase", text("Where the MiniCluster is in its life")},
      {"conditions", conditionsSchema()},
      {"size", number("Number of pods that there are to be now")},
      {"maximumSize", number("Number of hosts that Flux is configured for; size can't go beyond")},
      {"ready", number("Number of pods that are ready, or have completed")},
      {"selector", text("Label selector of the pods, for the scale subresource")},
      {"leadPod", text("Name of the pod of the lead broker")},
      {"exitCode", number("Exit status of the job")},
      {"startTime", time("When the pods were asked for")},
      {"completionTime", time("When the job ended")},
      {"observedGeneration", number("metadata.generation that this is about", "int64")},
      {"jobid", text("Without meaning; the Go operator had it")}};
  // So that an older operator's definition doesn't drop what a newer one writes.
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"x-kubernetes-preserve-unknown-fields", true}};
}

}  // namespace mc::api
