#include "cli/listing.hpp"

#include <algorithm>

#include "cli/errors.hpp"
#include "cli/print/human.hpp"
#include "cli/print/object_fields.hpp"
#include "cli/print/objects.hpp"

namespace mc::cli {

namespace {

constexpr const char* kNone = "<none>";

std::string orNone(const std::string& text) {
  return text.empty() ? kNone : text;
}

/// "2", or "2 (5s ago)" once a container of the pod has been started again.
std::string restartsCell(const engine::PodView& pod, double now) {
  double last = 0;
  for (const auto& container : pod.containers) last = std::max(last, container.lastFinishedAt);
  const std::string count = std::to_string(pod.restarts);
  return pod.restarts == 0 || last == 0 ? count : count + " (" + age(last, now) + " ago)";
}

std::string portsCell(const std::vector<int32_t>& ports) {
  std::string text;
  for (const int32_t port : ports)
    text += (text.empty() ? "" : ",") + std::to_string(port) + "/TCP";
  return orNone(text);
}

/// Containers that READY counts.
size_t counted(const engine::PodView& pod) {
  return static_cast<size_t>(
      std::count_if(pod.containers.begin(), pod.containers.end(),
                    [](const engine::ContainerView& container) { return container.counts; }));
}

/// "app=redis,tier=db"
std::string selectorText(const api::StringMap& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return orNone(text);
}

template <class View, class Make>
base::Result<std::vector<Item>> convert(base::Result<std::vector<View>> views, double now,
                                        const Make& make) {
  if (!views) return base::pass(fromServer(std::move(views.error())));
  std::vector<Item> items;
  for (const auto& view : *views) items.push_back(make(view, now));
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.ns, a.name) < std::tie(b.ns, b.name);
  });
  return items;
}

}  // namespace

const Header& header(Kind kind) {
  static const Header kPods = {{"NAME", "READY", "STATUS", "RESTARTS", "AGE"},
                               {"IP", "NODE", "NOMINATED NODE", "READINESS GATES"},
                               4};
  static const Header kClusters = {
      {"NAME", "SIZE", "READY", "STATUS", "AGE"}, {"LEAD POD", "EXIT CODE"}, 4};
  static const Header kServices = {
      {"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"}, {"SELECTOR"}, 5};
  static const Header kDeployments = {
      {"NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"}, {"CONTAINERS", "IMAGES", "SELECTOR"}, 4};
  static const Header kConfigMaps = {{"NAME", "DATA", "AGE"}, {}, 2};
  static const Header kSecrets = {{"NAME", "TYPE", "DATA", "AGE"}, {}, 3};
  static const Header kPolicies = {{"NAME", "POD-SELECTOR", "AGE"}, {}, 2};
  switch (kind) {
    case Kind::Pod:
      return kPods;
    case Kind::MiniCluster:
      return kClusters;
    case Kind::Service:
      return kServices;
    case Kind::Deployment:
      return kDeployments;
    case Kind::ConfigMap:
      return kConfigMaps;
    case Kind::Secret:
      return kSecrets;
    case Kind::NetworkPolicy:
      break;
  }
  return kPolicies;
}

Item podItem(const engine::PodView& pod, double now) {
  Item item = {Kind::Pod, pod.ns, pod.name, pod.plainName, pod.labels, {}, {}, {}};
  item.cells = {pod.name, std::to_string(pod.readyContainers) + "/" + std::to_string(counted(pod)),
                pod.status, restartsCell(pod, now), age(pod.createdAt, now)};
  item.wideCells = {orNone(pod.ip), orNone(pod.node), kNone, kNone};
  item.object = [pod] { return podObject(pod); };
  item.owned = pod.controlled;
  return item;
}

Item clusterItem(const engine::ClusterView& cluster, double now) {
  const auto& ref = cluster.ref;
  Item item = {Kind::MiniCluster,
               ref.ns,
               ref.name,
               ref.name,
               metadataMap(cluster.manifest, "labels"),
               {},
               {},
               {}};
  item.cells = {ref.name, std::to_string(cluster.size), std::to_string(cluster.readyPods),
                cluster.status, age(cluster.createdAt, now)};
  item.wideCells = {orNone(cluster.leadPod),
                    cluster.finished ? std::to_string(cluster.exitCode) : kNone};
  item.object = [cluster] { return clusterObject(cluster); };
  return item;
}

Item serviceItem(const engine::ServiceView& service, double now) {
  Item item = {Kind::Service, service.ns, service.name, service.name, {}, {}, {}, {}};
  item.cells = {service.name,
                "ClusterIP",
                service.headless ? "None" : orNone(service.clusterIp),
                kNone,
                portsCell(service.ports),
                age(service.createdAt, now)};
  item.wideCells = {selectorText(service.selector)};
  item.owned = !service.cluster.empty();
  item.object = [service] { return serviceObject(service); };
  return item;
}

/// A Deployment's own numbers.
Item deploymentItem(const engine::ObjectView& view, double now) {
  const auto number = [&](const char* path) { return std::to_string(numberAt(view.object, path)); };
  Item item = {Kind::Deployment,
               view.ref.ns,
               view.ref.name,
               view.ref.name,
               metadataMap(view.object, "labels"),
               {},
               {},
               {}};
  item.cells = {view.ref.name, number("/status/readyReplicas") + "/" + wantedReplicas(view.object),
                number("/status/updatedReplicas"), number("/status/availableReplicas"),
                age(view.createdAt, now)};
  item.wideCells = {containersText(view.object, "name"), containersText(view.object, "image"),
                    selectorText(mapAt(view.object, "/spec/selector/matchLabels"))};
  return item;
}

Item objectItem(const engine::ObjectView& view, double now) {
  const Kind kind = fromCore(view.ref.kind);
  Item item = {
      kind, view.ref.ns, view.ref.name, view.ref.name, metadataMap(view.object, "labels"), {},
      {},   {}};
  const std::string count = std::to_string(dataCount(view.object));
  if (kind == Kind::Deployment) item = deploymentItem(view, now);
  if (kind == Kind::ConfigMap) item.cells = {view.ref.name, count, age(view.createdAt, now)};
  if (kind == Kind::Secret)
    item.cells = {view.ref.name, textAt(view.object, "/type"), count, age(view.createdAt, now)};
  if (kind == Kind::NetworkPolicy)
    item.cells = {view.ref.name, selectorText(mapAt(view.object, "/spec/podSelector/matchLabels")),
                  age(view.createdAt, now)};
  item.object = [view] { return view.object; };
  return item;
}

base::Result<std::vector<Item>> listItems(engine::Engine& engine, Kind kind, const std::string& ns,
                                          double now, std::stop_token stop) {
  switch (kind) {
    case Kind::Pod:
      return convert(engine.pods(ns, std::move(stop)), now, podItem);
    case Kind::Service:
      return convert(engine.services(ns, std::move(stop)), now, serviceItem);
    case Kind::MiniCluster:
      return convert(engine.miniclusters(ns, std::move(stop)), now, clusterItem);
    default:
      return convert(engine.objects(*coreKind(kind), ns, std::move(stop)), now, objectItem);
  }
  return std::vector<Item>{};
}

}  // namespace mc::cli
