#include "core/convert.hpp"

#include <set>

#include "base/base64.hpp"
#include "base/yaml.hpp"

namespace mc::core {
namespace {

using api::quoted;
using api::Report;

void convertDeployment(DeploymentDraft& draft, Object& object, Report& report) {
  Deployment& deployment = object.deployment;
  deployment.replicas = draft.replicas;
  deployment.matchLabels = draft.selector.matchLabels;
  deployment.strategy = draft.strategy.type;
  deployment.pods.labels = draft.pods.metadata.labels;
  deployment.pods.annotations = draft.pods.metadata.annotations;
  deployment.pods.spec = convertPod(draft.pods.spec, "spec.template.spec", report);
  if (deployment.matchLabels.empty())
    report.add("spec.selector.matchLabels", "must not be empty", "name a label that the pods have");
  for (const auto& [key, value] : deployment.matchLabels) {
    const auto label = deployment.pods.labels.find(key);
    if (label == deployment.pods.labels.end() || label->second != value)
      report.add("spec.selector.matchLabels" + base::pathStep(key),
                 "the pods do not have this label",
                 "add `" + key + ": " + value + "` to spec.template.metadata.labels");
  }
  if (deployment.pods.spec.restartPolicy != "Always")
    report.add("spec.template.spec.restartPolicy", "must be Always in a Deployment",
               "remove it, or use a Pod");
}

void convertService(ServiceDraft& draft, Object& object, Report& report) {
  Service& service = object.service;
  service = draft;
  service.headless = draft.clusterIp == "None";
  std::set<std::string> names;
  std::set<int32_t> numbers;
  for (size_t i = 0; i < service.ports.size(); ++i) {
    ServicePort& port = service.ports[i];
    const std::string path = "spec.ports[" + std::to_string(i) + "]";
    if (port.target.empty()) port.target = std::to_string(port.port);
    if (port.name.empty() && service.ports.size() > 1)
      report.add(path + ".name", "missing", "name each port where there are several");
    if (!port.name.empty() && !names.insert(port.name).second)
      report.add(path + ".name", "a second port " + quoted(port.name), "choose another name");
    if (!numbers.insert(port.port).second)
      report.add(path + ".port", "a second port of this number", "remove one of them");
    if (port.protocol != "TCP")
      report.add(path + ".protocol", port.protocol + " needs Kubernetes: one machine passes on TCP",
                 "leave the port out, or address the pod itself");
  }
  if (service.ports.empty() && !service.headless)
    report.add("spec.ports", "missing", "begin each port with `- port: ...`");
}

void convertData(ObjectDraft& draft, Object& object, Report& report) {
  Data& data = object.data;
  data.type = draft.type;
  data.immutable = draft.immutable;
  const char* field = object.kind == Kind::Secret ? "data" : "binaryData";
  for (const auto& [key, text] : draft.base64) {
    auto bytes = base::base64Decode(text);
    if (!bytes)
      report.add(field + base::pathStep(key), "is not base64",
                 object.kind == Kind::Secret ? "encode it, or put the text below `stringData`"
                                             : "encode it, or put the text below `data`");
    if (bytes) data.values[key] = std::move(*bytes);
  }
  for (auto& [key, text] : draft.texts) {
    if (object.kind == Kind::ConfigMap && data.values.contains(key))
      report.add("binaryData" + base::pathStep(key), "is below `data` as well",
                 "remove one of them");
    data.values[key] = std::move(text);
  }
}

}  // namespace

void convertObject(ObjectDraft& draft, Object& object, Report& report) {
  switch (object.kind) {
    case Kind::Deployment:
      return convertDeployment(draft.deployment, object, report);
    case Kind::Pod:
      object.pod.labels = draft.metadata.labels;
      object.pod.annotations = draft.metadata.annotations;
      object.pod.spec = convertPod(draft.pod, "spec", report);
      return;
    case Kind::Service:
      return convertService(draft.service, object, report);
    case Kind::ConfigMap:
    case Kind::Secret:
      return convertData(draft, object, report);
    case Kind::NetworkPolicy:
      object.notes.push_back(
          {"kind",
           "a NetworkPolicy is kept and has no effect on one machine: every pod of the namespace "
           "may connect to every other; other namespaces have networks of their own, which the "
           "Docker Engine keeps apart by the machine's packet filter"});
      return;
  }
}

}  // namespace mc::core
