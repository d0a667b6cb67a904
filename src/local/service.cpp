#include "local/service.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <charconv>

#include "core/read.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/labels.hpp"
#include "local/maker.hpp"
#include "local/names.hpp"
#include "local/network.hpp"
#include "local/owner.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

constexpr const char* kSpecDigest = "flux-framework.org/spec-digest";

int32_t numberOf(const std::string& text) {
  int32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ptr == text.data() + text.size() ? number : 0;
}

/// The number of a port that pods have by name; 0 if none has.
int32_t namedPort(const core::Service& service, const Snapshot& snapshot, const std::string& ns,
                  const std::string& name) {
  for (const ClusterState& cluster : snapshot.clusters) {
    if (cluster.record.ref.ns != ns) continue;
    for (const PodState& pod : cluster.pods) {
      if (!selects(service.selector, pod.spec.labels)) continue;
      for (const plan::Container& container : pod.spec.containers)
        for (const core::Port& port : container.portList)
          if (port.name == name) return port.number;
    }
  }
  return 0;
}

int32_t targetOf(const core::Service& service, const core::ServicePort& port,
                 const Snapshot& snapshot, const std::string& ns) {
  const int32_t number = numberOf(port.target);
  return number > 0 ? number : namedPort(service, snapshot, ns, port.target);
}

json::array commandOf(const Record& record, const core::Service& service,
                      const Snapshot& snapshot) {
  json::array words{"forward"};
  for (const core::ServicePort& port : service.ports) {
    const int32_t target = targetOf(service, port, snapshot, record.ref.ns);
    if (target > 0) words.emplace_back(std::to_string(port.port) + "=" + std::to_string(target));
  }
  words.emplace_back("--");
  for (const auto& [key, value] : service.selector) words.emplace_back(labelAlias(key, value));
  return words;
}

json::array aliasesOf(const ClusterRef& ref) {
  const std::string name = plainNameOf(ref);
  const std::string shortest = name + "." + ref.ns;
  return {name, json::string(shortest), json::string(shortest + ".svc"),
          json::string(shortest + ".svc.cluster.local")};
}

}  // namespace

bool selects(const api::StringMap& selector, const api::StringMap& labels) {
  return !selector.empty() &&
         std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
           const auto found = labels.find(wanted.first);
           return found != labels.end() && found->second == wanted.second;
         });
}

json::object forwarderSpec(const Record& record, const core::Service& service,
                           const Snapshot& snapshot, const std::string& toolsImage) {
  const std::string network = networkName(record.ref.ns);
  json::object spec{
      {"Image", toolsImage},
      {"Entrypoint", json::array{std::string(entry::kMountPath) + "/" + entry::kEntryFile}},
      {"Cmd", commandOf(record, service, snapshot)},
      {"Hostname", plainNameOf(record.ref)},
      {"StopTimeout", 1},
      {"HostConfig", json::object{{"NetworkMode", network},
                                  {"RestartPolicy", json::object{{"Name", "unless-stopped"}}},
                                  {"ReadonlyRootfs", true},
                                  {"CapDrop", json::array{"ALL"}},
                                  {"CapAdd", json::array{"NET_BIND_SERVICE"}},
                                  {"SecurityOpt", json::array{"no-new-privileges"}},
                                  // Labels that no pod has are no business of other name servers.
                                  {"DnsOptions", json::array{"ndots:1"}}}},
      {"NetworkingConfig",
       json::object{{"EndpointsConfig",
                     json::object{{network, json::object{{"Aliases", aliasesOf(record.ref)}}}}}}}};
  Labels labels = memberLabels(record, label::kPartForwarder);
  labels[kSpecDigest] = digestOf(json::serialize(spec));
  spec["Labels"] = json::value_from(labels);
  return spec;
}

base::Status ensureForwarder(docker::Client& client, const Record& record,
                             const core::Service& service, const Snapshot& snapshot,
                             const std::string& toolsImage, const std::stop_token& stop) {
  const json::object spec = forwarderSpec(record, service, snapshot, toolsImage);
  const std::string name = forwarderName(record.ref);
  const auto there = docker::inspectContainer(client, name, stop);
  if (!there && there.error().errnum != ENOENT) return base::pass(there.error());
  if (there) {
    const auto& labels = docker::objectOf(docker::objectOf(*there, "Config"), "Labels");
    const std::string wanted = docker::textOf(docker::objectOf(spec, "Labels"), kSpecDigest);
    const bool running = docker::flagOf(docker::objectOf(*there, "State"), "Running");
    if (running && docker::textOf(labels, kSpecDigest) == wanted &&
        docker::textOf(labels, label::kUid) == record.uid)
      return {};
    MC_TRY(docker::removeContainer(client, name, stop));
  }
  MC_TRY(ensureNetwork(client, record.ref.ns, stop));
  Maker maker(client, record.ref.ns, record.uid, stop);
  const auto any = [](const ContainerFacts&) { return true; };
  auto made = maker.ensure(name, spec, any);
  if (!made) return base::pass(made.error().prefixed("service " + plainNameOf(record.ref)));
  return Maker::overtaken(maker.start(made->id)).prefixed("service " + plainNameOf(record.ref));
}

base::Status refreshForwarders(docker::Client& client, const std::string& ns,
                               const std::string& toolsImage, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, takeSnapshot(client, ns, stop));
  for (const ClusterState& cluster : snapshot.clusters) {
    const Record& record = cluster.record;
    const bool meant = kindOf(record.ref) == core::Kind::Service && cluster.hasRecord;
    if (!meant || record.removing) continue;
    MC_TRY_ASSIGN(const core::Object object, core::readObject(record.manifest));
    MC_TRY(ensureForwarder(client, record, object.service, snapshot, toolsImage, stop));
  }
  return {};
}

ServiceView serviceView(const ClusterState& cluster, const core::Object& object,
                        const Snapshot& snapshot) {
  const Record& record = cluster.record;
  ServiceView view;
  view.name = plainNameOf(record.ref);
  view.ns = record.ref.ns;
  view.headless = object.service.headless;
  view.createdAt = record.createdAt;
  view.selector = object.service.selector;
  for (core::ServicePort port : object.service.ports) {
    view.ports.push_back(port.port);
    const int32_t target = targetOf(object.service, port, snapshot, view.ns);
    if (target > 0) port.target = std::to_string(target);
    view.portList.push_back(std::move(port));
  }
  for (const ContainerFacts& facts : cluster.all)
    if (facts.part == label::kPartForwarder && !view.headless) view.clusterIp = facts.ip;
  for (const ClusterState& owner : snapshot.clusters) {
    if (owner.record.ref.ns != view.ns) continue;
    for (const PodState& pod : owner.pods)
      if (selects(view.selector, pod.spec.labels) && !pod.pause.ip.empty())
        view.endpoints.push_back(pod.pause.ip);
  }
  return view;
}

}  // namespace mc::local
