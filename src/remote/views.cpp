#include "remote/views.hpp"

#include <algorithm>

#include "remote/container_view.hpp"
#include "remote/json.hpp"
#include "remote/names.hpp"
#include "remote/pod_status.hpp"

namespace mc::remote {

namespace {

using engine::ClusterView;
using engine::Phase;
using engine::PodView;
using kube::Object;

Phase phaseOf(std::string_view text) {
  if (text == "Running") return Phase::Running;
  if (text == "Succeeded") return Phase::Succeeded;
  return text == "Failed" ? Phase::Failed : Phase::Pending;
}

/// The pod's name without what the Job put behind it.
std::string plainName(const std::string& name, const std::string& index) {
  if (index.empty()) return name;
  return name.substr(0, name.rfind('-'));
}

void addPlace(PodView& view, const Object& pod) {
  const std::string index = textAt(pod, {"metadata", "labels", kIndexLabel});
  view.cluster = textAt(pod, {"metadata", "labels", kClusterLabel});
  view.plainName = plainName(view.name, index);
  view.role = index.empty()  ? plan::Role::Services
              : index == "0" ? plan::Role::Lead
                             : plan::Role::Follower;
  view.index = index.empty() ? 0 : std::atoi(index.c_str());
}

std::shared_ptr<const Object> share(const Object& object) {
  return std::make_shared<const Object>(object);
}

/// The object as its author wrote it: without what the server put in.
Object manifestOf(const Object& cluster) {
  Object manifest;
  for (const auto* key : {"apiVersion", "kind", "metadata", "spec"})
    if (const auto* value = cluster.if_contains(key)) manifest[key] = *value;
  return manifest;
}

/// events.k8s.io/v1 has the times of the older Event under names of their own.
double timeOf(const Object& event) {
  const double time =
      std::max({timeAt(event, {"series", "lastObservedTime"}),
                timeAt(event, {"deprecatedLastTimestamp"}), timeAt(event, {"eventTime"})});
  return time != 0 ? time : timeAt(event, {"metadata", "creationTimestamp"});
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::vector<engine::Condition> conditionsOf(const Object& object) {
  std::vector<engine::Condition> conditions;
  eachObject(arrayAt(object, {"status", "conditions"}), [&](const Object& entry) {
    conditions.push_back({textAt(entry, {"type"}), kube::findText(entry, {"status"}) == "True",
                          textAt(entry, {"reason"}), textAt(entry, {"message"}),
                          timeAt(entry, {"lastTransitionTime"})});
  });
  return conditions;
}

ClusterView clusterView(const Object& cluster) {
  ClusterView view;
  view.ref = {std::string(kube::namespaceOf(cluster)), std::string(kube::nameOf(cluster))};
  view.uid = kube::uidOf(cluster);
  view.createdAt = timeAt(cluster, {"metadata", "creationTimestamp"});
  view.manifest = manifestOf(cluster);
  view.object = share(cluster);
  view.generation = kube::generationOf(cluster);
  view.size =
      static_cast<int32_t>(kube::findNumber(cluster, {"status", "size"})
                               .value_or(kube::findNumber(cluster, {"spec", "size"}).value_or(1)));
  view.maxSize = numberAt(cluster, {"status", "maximumSize"});
  const std::string phase = textAt(cluster, {"status", "phase"});
  view.phase = phaseOf(phase);
  view.status = kube::isDeleting(cluster) ? "Terminating" : phase.empty() ? "Pending" : phase;
  view.readyPods = numberAt(cluster, {"status", "ready"});
  view.leadPod = textAt(cluster, {"status", "leadPod"});
  view.startedAt = timeAt(cluster, {"status", "startTime"});
  view.finishedAt = timeAt(cluster, {"status", "completionTime"});
  view.finished = view.phase == Phase::Succeeded || view.phase == Phase::Failed;
  view.exitCode = numberAt(cluster, {"status", "exitCode"});
  view.conditions = conditionsOf(cluster);
  return view;
}

PodView podView(const Object& pod) {
  PodView view;
  view.name = kube::nameOf(pod);
  view.ns = kube::namespaceOf(pod);
  view.uid = kube::uidOf(pod);
  addPlace(view, pod);
  view.node = textAt(pod, {"spec", "nodeName"});
  view.ip = textAt(pod, {"status", "podIP"});
  view.hostname = textAt(pod, {"spec", "hostname"});
  view.subdomain = textAt(pod, {"spec", "subdomain"});
  view.createdAt = timeAt(pod, {"metadata", "creationTimestamp"});
  view.startedAt = timeAt(pod, {"status", "startTime"});
  view.labels = textsAt(pod, {"metadata", "labels"});
  view.annotations = textsAt(pod, {"metadata", "annotations"});
  view.phase = phaseOf(kube::findText(pod, {"status", "phase"}));
  view.terminating = kube::isDeleting(pod);
  view.volumes = volumesOf(pod);
  const PodSummary summary = summarize(pod);
  view.status = summary.status;
  view.readyContainers = summary.ready;
  view.restarts = summary.restarts;
  view.conditions = conditionsOf(pod);
  view.containers =
      containerViews(pod, view.role == plan::Role::Services ? plan::ContainerKind::Service
                                                            : plan::ContainerKind::Flux);
  view.object = share(pod);
  return view;
}

engine::ServiceView serviceView(const Object& service, std::vector<std::string> addresses) {
  engine::ServiceView view;
  view.name = kube::nameOf(service);
  view.ns = kube::namespaceOf(service);
  view.cluster = textAt(service, {"metadata", "labels", kClusterLabel});
  view.clusterIp = textAt(service, {"spec", "clusterIP"});
  view.headless = view.clusterIp == "None";
  eachObject(arrayAt(service, {"spec", "ports"}),
             [&](const Object& port) { view.ports.push_back(numberAt(port, {"port"})); });
  view.endpoints = std::move(addresses);
  view.createdAt = timeAt(service, {"metadata", "creationTimestamp"});
  view.object = share(service);
  return view;
}

std::vector<std::string> addressesOf(const Object& slice) {
  std::vector<std::string> all;
  eachObject(arrayAt(slice, {"endpoints"}), [&](const Object& endpoint) {
    for (const auto& address : arrayAt(endpoint, {"addresses"}))
      if (address.is_string()) all.emplace_back(address.get_string().c_str());
  });
  return all;
}

engine::Event eventView(const Object& event) {
  engine::Event view;
  view.time = timeOf(event);
  view.warning = kube::findText(event, {"type"}) == "Warning";
  view.reason = textAt(event, {"reason"});
  view.object =
      lowered(textAt(event, {"regarding", "kind"})) + "/" + textAt(event, {"regarding", "name"});
  view.message = textAt(event, {"note"});
  return view;
}

}  // namespace mc::remote
