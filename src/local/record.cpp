#include "local/record.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "base/rfc3339.hpp"
#include "local/docker/json.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"

namespace mc::local {

namespace json = boost::json;
using docker::arrayOf;
using docker::flagOf;
using docker::numberOf;
using docker::objectOf;
using docker::textOf;

namespace {

constexpr const char* kHidden = "***";

json::value* memberOf(json::value& parent, std::string_view name) {
  return parent.is_object() ? parent.get_object().if_contains(name) : nullptr;
}

/// The manifest with everything secret replaced.
json::object withoutSecrets(const json::object& manifest) {
  json::value copy = manifest;
  json::value* spec = memberOf(copy, "spec");
  if (spec == nullptr) return std::move(copy.get_object());
  if (json::value* flux = memberOf(*spec, "flux")) {
    if (json::value* cert = memberOf(*flux, "curveCert")) *cert = kHidden;
  }
  if (json::value* users = memberOf(*spec, "users"); users != nullptr && users->is_array()) {
    for (json::value& user : users->get_array()) {
      if (json::value* password = memberOf(user, "password")) *password = kHidden;
    }
  }
  return std::move(copy.get_object());
}

json::object serviceObject(const plan::Service& service) {
  return {{"name", service.name},
          {"headless", service.headless},
          {"ports", json::value_from(service.ports)},
          {"pods", json::value_from(service.pods)}};
}

plan::Service readService(const json::object& object) {
  plan::Service service{textOf(object, "name"), flagOf(object, "headless"), {}, {}};
  for (const json::value& port : arrayOf(object, "ports")) {
    if (port.is_int64()) service.ports.push_back(static_cast<int32_t>(port.get_int64()));
  }
  for (const json::value& pod : arrayOf(object, "pods")) {
    if (pod.is_string()) service.pods.emplace_back(pod.get_string());
  }
  return service;
}

json::object factsObject(const Record& record) {
  json::array services;
  for (const plan::Service& service : record.services) {
    services.push_back(serviceObject(service));
  }
  return {{"revision", record.revision}, {"size", record.size},
          {"maxSize", record.maxSize},   {"graceSeconds", record.graceSeconds},
          {"cleanup", record.cleanup},   {"services", std::move(services)}};
}

void readFacts(const json::object& facts, Record& record) {
  record.revision = numberOf(facts, "revision");
  record.size = static_cast<int32_t>(numberOf(facts, "size"));
  record.maxSize = static_cast<int32_t>(numberOf(facts, "maxSize"));
  record.graceSeconds = numberOf(facts, "graceSeconds");
  record.cleanup = flagOf(facts, "cleanup");
  for (const json::value& service : arrayOf(facts, "services")) {
    if (service.is_object()) record.services.push_back(readService(service.get_object()));
  }
}

int32_t fluxPods(const plan::Plan& plan) {
  int32_t count = 0;
  for (const plan::Pod& pod : plan.pods) count += pod.role == plan::Role::Services ? 0 : 1;
  return count;
}

int32_t maxSizeOf(const json::object& manifest, int32_t size) {
  return std::max(size, static_cast<int32_t>(numberOf(objectOf(manifest, "spec"), "maxSize")));
}

base::Result<json::object> labelObject(const json::object& labels, const char* name) {
  return docker::asObject(docker::parseJson(textOf(labels, name)))
      .prefixed("label " + std::string(name));
}

}  // namespace

Record makeRecord(const json::object& manifest, const plan::Plan& plan, double now) {
  Record record;
  record.ref = {plan.ns, plan.name};
  record.uid = newUid();
  record.createdAt = now;
  record.manifest = withoutSecrets(manifest);
  record.planDigest = planDigest(plan);
  record.size = fluxPods(plan);
  record.maxSize = maxSizeOf(manifest, record.size);
  record.graceSeconds = plan.settings.graceSeconds;
  record.cleanup = plan.cleanup;
  record.services = plan.services;
  return record;
}

Record revise(const Record& record, const json::object& manifest, const plan::Plan& plan) {
  Record next = makeRecord(manifest, plan, record.createdAt);
  next.uid = record.uid;
  next.revision = record.revision + 1;
  // For more pods than this the brokers were not configured.
  next.maxSize = record.maxSize;
  return next;
}

std::string planDigest(const plan::Plan& plan) {
  return digestOf(plan::format(plan));
}

Labels memberLabels(const Record& record, const std::string& part) {
  return {{label::kManagedBy, label::kManager},
          {label::kAppName, record.ref.name},
          {label::kCluster, record.ref.name},
          {label::kNamespace, record.ref.ns},
          {label::kUid, record.uid},
          {label::kPart, part}};
}

Labels recordLabels(const Record& record) {
  Labels labels =
      memberLabels(record, record.revision == 0 ? label::kPartRecord : label::kPartRevision);
  labels[label::kCreated] = base::formatTime(record.createdAt);
  labels[label::kManifest] = json::serialize(record.manifest);
  labels[label::kPlanDigest] = record.planDigest;
  labels[label::kFacts] = json::serialize(factsObject(record));
  return labels;
}

std::vector<std::string> selectorOf(const ClusterRef& ref) {
  std::vector<std::string> selector = selectorOf(ref.ns);
  selector.push_back(std::string(label::kCluster) + "=" + ref.name);
  return selector;
}

std::vector<std::string> selectorOf(const std::string& ns) {
  if (ns.empty()) return {label::kCluster};
  return {std::string(label::kNamespace) + "=" + ns};
}

base::Result<Record> readRecord(const json::object& labels) {
  Record record;
  record.ref = clusterOf(labels);
  record.uid = textOf(labels, label::kUid);
  const std::string part = textOf(labels, label::kPart);
  const bool isRecord = part == label::kPartRecord || part == label::kPartRevision;
  if (!isRecord || record.ref.name.empty()) {
    return base::fail(EPROTO, "the volume is no record of a MiniCluster");
  }
  record.createdAt = base::parseTime(textOf(labels, label::kCreated));
  record.planDigest = textOf(labels, label::kPlanDigest);
  MC_TRY_ASSIGN(record.manifest, labelObject(labels, label::kManifest));
  MC_TRY_ASSIGN(const json::object facts, labelObject(labels, label::kFacts));
  readFacts(facts, record);
  return record;
}

ClusterRef clusterOf(const json::object& labels) {
  return {textOf(labels, label::kNamespace), textOf(labels, label::kCluster)};
}

}  // namespace mc::local
