// Events are one kind of object with two faces: core/v1, which kubectl reads, and events.k8s.io/v1,
// which controllers write. They are kept as core/v1.
#include <boost/json/array.hpp>

#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/kinds.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

struct Renamed {
  const char* core;
  const char* events;
};

constexpr Renamed kRenamed[] = {{"involvedObject", "regarding"},
                                {"message", "note"},
                                {"reportingComponent", "reportingController"},
                                {"source", "deprecatedSource"},
                                {"firstTimestamp", "deprecatedFirstTimestamp"},
                                {"lastTimestamp", "deprecatedLastTimestamp"},
                                {"count", "deprecatedCount"}};

void rename(json::object& object, const char* from, const char* to) {
  const auto* value = object.if_contains(from);
  if (!value) return;
  json::value moved = *value;
  object.erase(from);
  object[to] = std::move(moved);
}

Outcome<json::object> toCore(json::object event) {
  for (const auto& name : kRenamed) rename(event, name.events, name.core);
  return event;
}

Outcome<json::object> fromCore(json::object event) {
  for (const auto& name : kRenamed) rename(event, name.core, name.events);
  return event;
}

/// core/v1 shows these even when they are not set.
void fillEvent(json::object& event, const HookContext&) {
  setDefault(event, "source", json::object{});
  setDefault(event, "reportingComponent", "");
  setDefault(event, "reportingInstance", "");
}

/// An event belongs to the namespace of what it is about; those of cluster-wide objects are kept
/// in "default".
void checkPlace(const json::object& event, std::vector<ApiCause>& causes) {
  const auto about = textAt(event, {"involvedObject", "namespace"});
  const auto ns = namespaceOf(event);
  if (about.empty() ? ns != "default" && ns != "kube-system" : ns != about)
    causes.push_back(
        invalidValue("involvedObject.namespace", quoted(about), "does not match event.namespace"));
}

void checkNewStyle(const json::object& event, std::vector<ApiCause>& causes) {
  for (const auto* field : {"reportingComponent", "reportingInstance", "action", "reason"})
    if (textAt(event, {field}).empty())
      causes.push_back(requiredValue(
          std::string(field) == "reportingComponent" ? "reportingController" : field));
  const auto type = textAt(event, {"type"});
  if (type != "Normal" && type != "Warning")
    causes.push_back(invalidValue("type", quoted(type), ""));
  if (textAt(event, {"message"}).size() > 1024)
    causes.push_back(invalidValue("note", "...", "can have at most 1024 characters"));
}

std::vector<ApiCause> checkEvent(const json::object& event, const json::object* before) {
  std::vector<ApiCause> causes;
  // Only writers of the new style say when, to the microsecond.
  if (textAt(event, {"eventTime"}).empty())
    checkPlace(event, causes);
  else if (!before)
    checkNewStyle(event, causes);
  return causes;
}

}  // namespace

ResourceType eventType() {
  ResourceType type;
  type.plural = "events";
  type.singular = "event";
  type.kind = "Event";
  type.versions = {{"", "v1"}, {"events.k8s.io", "v1", toCore, fromCore}};
  type.shortNames = {"ev"};
  type.createOnReplace = true;
  type.defaults = fillEvent;
  type.validate = checkEvent;
  type.selectableFields = {"involvedObject.kind",
                           "involvedObject.namespace",
                           "involvedObject.name",
                           "involvedObject.uid",
                           "involvedObject.apiVersion",
                           "involvedObject.resourceVersion",
                           "involvedObject.fieldPath",
                           "reason",
                           "reportingComponent",
                           "source",
                           "type"};
  return type;
}

}  // namespace mc::fakes
