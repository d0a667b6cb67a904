#include "cli/endpoints.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

namespace mc::cli {

namespace {

namespace json = boost::json;
using engine::ContainerState;
using engine::ContainerView;
using engine::PodView;
using engine::ServiceView;

constexpr const char* kDomain = "svc.cluster.local";

template <class Range, class Value>
bool contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

const json::object* memberOf(const json::object* object, std::string_view name) {
  const json::value* value = object == nullptr ? nullptr : object->if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

const json::object* specOf(const ServiceView& service) {
  return memberOf(service.object.get(), "spec");
}

/// What the Service asks of a pod's labels, as far as the engine says it.
api::StringMap selectorOf(const ServiceView& service) {
  api::StringMap selector = service.selector;
  const json::object* object = memberOf(specOf(service), "selector");
  if (!selector.empty() || object == nullptr) return selector;
  for (const auto& [key, value] : *object)
    if (value.is_string()) selector[std::string(key)] = std::string_view(value.get_string());
  return selector;
}

bool selects(const api::StringMap& selector, const PodView& pod) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    const auto label = pod.labels.find(wanted.first);
    return label != pod.labels.end() && label->second == wanted.second;
  });
}

/// By the selector, which finds pods without an address, too; where the engine shows none, by the
/// addresses.
bool isBehind(const ServiceView& service, const PodView& pod) {
  if (service.ns != pod.ns) return false;
  const api::StringMap selector = selectorOf(service);
  if (!selector.empty()) return selects(selector, pod);
  return !pod.ip.empty() && contains(service.endpoints, pod.ip);
}

/// The ports of pods that a Service leads to, as far as they have numbers.
std::vector<int32_t> targetsOf(const ServiceView& service) {
  const json::object* spec = specOf(service);
  const json::value* ports = spec == nullptr ? nullptr : spec->if_contains("ports");
  if (ports == nullptr || !ports->is_array()) return service.ports;
  std::vector<int32_t> targets;
  for (const auto& port : ports->get_array()) {
    if (!port.is_object()) continue;
    const json::value* target = port.get_object().if_contains("targetPort");
    if (target == nullptr) target = port.get_object().if_contains("port");
    if (target != nullptr && target->is_int64())
      targets.push_back(static_cast<int32_t>(target->get_int64()));
  }
  return targets;
}

/// Containers that listen at one of the ports; if nobody says so, those that listen at all.
std::vector<const ContainerView*> listeners(const PodView& pod,
                                            const std::vector<int32_t>& targets) {
  std::vector<const ContainerView*> those;
  std::vector<const ContainerView*> all;
  for (const auto& container : pod.containers) {
    const bool there = std::any_of(container.ports.begin(), container.ports.end(),
                                   [&](int32_t port) { return contains(targets, port); });
    if (there) those.push_back(&container);
    if (!container.ports.empty()) all.push_back(&container);
  }
  return those.empty() ? all : those;
}

bool isReady(const PodView& pod) {
  const auto ready = std::find_if(pod.conditions.begin(), pod.conditions.end(),
                                  [](const auto& condition) { return condition.type == "Ready"; });
  return ready != pod.conditions.end() && ready->status;
}

/// An init container that has done its work is nobody's reason.
bool isGuilty(const ContainerView* container) {
  const bool done = !container->counts && container->state == ContainerState::Terminated &&
                    container->exitCode == 0;
  return !container->ready && !done;
}

void explain(const ContainerView& container, const PodView& pod, Endpoint& endpoint) {
  endpoint.container = container.name;
  endpoint.reason = container.reason;
  endpoint.message = container.message;
  if (container.state == ContainerState::Running) {
    endpoint.reason = "NotReady";
    for (const auto& condition : pod.conditions)
      if (condition.type == "Ready" && endpoint.message.empty())
        endpoint.message = condition.message;
  }
  if (container.state == ContainerState::Terminated && endpoint.message.empty())
    endpoint.message = "it ended with exit code " + std::to_string(container.exitCode);
}

/// The first container that is to blame, those that listen before the others.
void explainPod(const PodView& pod, const std::vector<const ContainerView*>& listening,
                Endpoint& endpoint) {
  std::vector<const ContainerView*> order = listening;
  for (const auto& container : pod.containers) order.push_back(&container);
  const auto guilty = std::find_if(order.begin(), order.end(), isGuilty);
  if (guilty != order.end()) return explain(**guilty, pod, endpoint);
  endpoint.reason = pod.status;
  for (const auto& condition : pod.conditions)
    if (condition.type == "Ready") endpoint.message = condition.message;
}

std::string podHost(const ServiceView& service, const PodView& pod) {
  const bool own = service.headless && !pod.hostname.empty() && pod.subdomain == service.name;
  return (own ? pod.hostname + "." : "") + service.name + "." + service.ns + "." + kDomain;
}

Endpoint endpointOf(const ServiceView& service, const PodView& pod) {
  Endpoint endpoint;
  endpoint.pod = pod.name;
  endpoint.address = pod.ip;
  endpoint.host = podHost(service, pod);
  const auto listening = listeners(pod, targetsOf(service));
  std::set<int32_t> ports;
  for (const auto* container : listening) {
    endpoint.containers.push_back(container->name);
    ports.insert(container->ports.begin(), container->ports.end());
  }
  endpoint.ports.assign(ports.begin(), ports.end());
  endpoint.ready = isReady(pod) && !pod.terminating;
  if (!endpoint.ready) explainPod(pod, listening, endpoint);
  return endpoint;
}

/// The short name that the tutorials use: pods of a cluster know "CLUSTER-SIDECAR" as "SIDECAR".
std::string shortNameOf(const ServiceView& service) {
  const std::string prefix = service.cluster + "-";
  const bool prefixed = !service.cluster.empty() && !service.headless &&
                        service.name.starts_with(prefix) && service.name.size() > prefix.size();
  return prefixed ? service.name.substr(prefix.size()) : "";
}

std::vector<std::string> namesOf(const ServiceView& service) {
  std::vector<std::string> names;
  if (const std::string name = shortNameOf(service); !name.empty()) names.push_back(name);
  const std::string inNamespace = service.name + "." + service.ns;
  names.insert(names.end(),
               {service.name, inNamespace, inNamespace + ".svc", inNamespace + "." + kDomain});
  return names;
}

}  // namespace

std::vector<ServiceEndpoints> joinEndpoints(const std::vector<ServiceView>& services,
                                            const std::vector<PodView>& pods,
                                            const std::string& cluster) {
  std::vector<ServiceEndpoints> all;
  for (const auto& service : services) {
    if (!cluster.empty() && !service.cluster.empty() && service.cluster != cluster) continue;
    ServiceEndpoints joined{service, namesOf(service), {}};
    for (const auto& pod : pods) {
      const bool wanted = cluster.empty() || pod.cluster == cluster;
      if (wanted && isBehind(service, pod)) joined.endpoints.push_back(endpointOf(service, pod));
    }
    const bool ours = cluster.empty() || service.cluster == cluster || !joined.endpoints.empty();
    if (ours) all.push_back(std::move(joined));
  }
  return all;
}

}  // namespace mc::cli
