#include <algorithm>
#include <boost/json/array.hpp>

#include "base/base64.hpp"
#include "cli/print/describe.hpp"
#include "cli/print/description.hpp"
#include "cli/print/human.hpp"
#include "cli/print/object_fields.hpp"
#include "cli/print/objects.hpp"

namespace mc::cli {

namespace {

namespace json = boost::json;

std::string selectorOf(const api::StringMap& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text.empty() ? "<none>" : text;
}

void describeMetadata(Description& out, const engine::ObjectView& view, bool created) {
  out.value(0, "Name", view.ref.name);
  out.value(0, "Namespace", view.ref.ns);
  if (created) out.value(0, "CreationTimestamp", rfc1123(view.createdAt));
  out.map("Labels", metadataMap(view.object, "labels"), "=");
  out.map("Annotations", metadataMap(view.object, "annotations"), ": ");
}

json::object podTemplate(const json::object& deployment) {
  const json::value* spec = deployment.if_contains("spec");
  const json::value* pods =
      spec != nullptr && spec->is_object() ? spec->get_object().if_contains("template") : nullptr;
  return pods != nullptr && pods->is_object() ? pods->get_object() : json::object();
}

void describeDeployment(Description& out, const engine::ObjectView& view) {
  const auto number = [&](const char* path) { return std::to_string(numberAt(view.object, path)); };
  const std::string strategy = textAt(view.object, "/spec/strategy/type");
  out.value(0, "Selector", selectorOf(mapAt(view.object, "/spec/selector/matchLabels")));
  out.value(0, "Replicas",
            wantedReplicas(view.object) + " desired | " + number("/status/updatedReplicas") +
                " updated | " + number("/status/replicas") + " total | " +
                number("/status/availableReplicas") + " available | " +
                number("/status/unavailableReplicas") + " unavailable");
  out.value(0, "StrategyType", strategy.empty() ? "RollingUpdate" : strategy);
  out.heading(0, "Pod Template");
  out.object(1, podTemplate(view.object), "", {});
  out.heading(0, "Conditions");
  out.row(1, {"Type", "Status", "Reason"});
  out.row(1, {"----", "------", "------"});
  for (const engine::Condition& condition : view.conditions) {
    out.row(1, {condition.type, condition.status ? "True" : "False", condition.reason});
    if (!condition.status && !condition.message.empty()) out.text(2, condition.message);
  }
}

void describeSecret(Description& out, const engine::ObjectView& view) {
  out.value(0, "Type", textAt(view.object, "/type"));
  out.heading(0, "Data");
  out.text(0, "====");
  for (const auto& [key, value] : mapAt(view.object, "/data")) {
    const auto bytes = base::base64Decode(value);
    out.value(0, key, std::to_string(bytes ? bytes->size() : 0) + " bytes");
  }
}

void describeConfigMap(Description& out, const engine::ObjectView& view) {
  out.heading(0, "Data");
  out.text(0, "====");
  for (const auto& [key, value] : mapAt(view.object, "/data")) {
    out.heading(0, key);
    out.text(0, "----");
    for (size_t begin = 0; begin <= value.size();) {
      const size_t end = std::min(value.find('\n', begin), value.size());
      out.text(0, value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  out.heading(0, "BinaryData");
  out.text(0, "====");
  for (const auto& [key, value] : mapAt(view.object, "/binaryData")) {
    const auto bytes = base::base64Decode(value);
    out.value(0, key, std::to_string(bytes ? bytes->size() : 0) + " bytes");
  }
}

}  // namespace

std::string describeObject(const engine::ObjectView& view) {
  Description out;
  describeMetadata(out, view, view.ref.kind == core::Kind::Deployment);
  switch (view.ref.kind) {
    case core::Kind::Deployment:
      describeDeployment(out, view);
      break;
    case core::Kind::Secret:
      describeSecret(out, view);
      break;
    case core::Kind::ConfigMap:
      describeConfigMap(out, view);
      break;
    default:
      out.object(0, view.object, "", {".apiVersion", ".kind", ".metadata", ".status"});
      break;
  }
  return out.take();
}

}  // namespace mc::cli
