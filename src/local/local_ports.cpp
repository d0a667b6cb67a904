// Ports of LocalEngine: what stands behind a Service, and the way to a pod.

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "local/changes.hpp"
#include "local/local_engine.hpp"
#include "local/port_connection.hpp"
#include "local/status.hpp"

namespace mc::local {

namespace {

bool isReady(const PodView& pod) {
  return pod.readyContainers == static_cast<int>(pod.containers.size());
}

/// A ready pod at one of the addresses, else one that runs at least; null if none does.
const PodView* chosen(const std::vector<PodView>& pods, const std::vector<std::string>& addresses) {
  const PodView* found = nullptr;
  for (const PodView& pod : pods) {
    const bool behind = std::find(addresses.begin(), addresses.end(), pod.ip) != addresses.end();
    if (!behind || pod.phase != Phase::Running) continue;
    if (isReady(pod)) return &pod;
    if (found == nullptr) found = &pod;
  }
  return found;
}

/// A Service of its own names its ports and their targets; 0 for a target that no pod has.
std::vector<engine::Backend::Port> portsOf(const ServiceView& service) {
  std::vector<engine::Backend::Port> ports;
  for (const auto& port : service.portList) {
    int32_t target = 0;
    std::from_chars(port.target.data(), port.target.data() + port.target.size(), target);
    ports.push_back({port.name, port.port, service.headless ? port.port : target});
  }
  if (!ports.empty()) return ports;
  for (const int32_t port : service.ports) ports.push_back({"", port, port});
  return ports;
}

}  // namespace

/// True once a running pod is found.
base::Result<bool> LocalEngine::findPod(const std::string& ns, const std::string& name,
                                        engine::Backend& backend, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const PodView found, pod(ns, name, stop));
  if (found.phase == Phase::Succeeded || found.phase == Phase::Failed)
    return base::fail(EINVAL,
                      std::string("unable to forward port because pod is not running. Current "
                                  "status=") +
                          engine::phaseName(found.phase));
  backend.pod = found.name;
  return found.phase == Phase::Running;
}

base::Result<bool> LocalEngine::findBehind(const std::string& ns, const std::string& name,
                                           engine::Backend& backend, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto all, services(ns, stop));
  const auto service = std::find_if(all.begin(), all.end(), [&](const ServiceView& view) {
    return view.ns == ns && view.name == name;
  });
  if (service == all.end()) return base::pass(notFound("services", name));
  MC_TRY_ASSIGN(const auto everywhere, pods(ns, stop));
  const PodView* pod = chosen(everywhere, service->endpoints);
  if (pod == nullptr) return false;
  backend.pod = pod->name;
  backend.ports.clear();
  backend.ports = portsOf(*service);
  return true;
}

base::Result<engine::Backend> LocalEngine::backend(engine::Forwarded kind, const std::string& ns,
                                                   const std::string& name,
                                                   std::optional<std::chrono::milliseconds> timeout,
                                                   std::stop_token stop) {
  engine::Backend backend;
  const auto met = [&](const std::stop_token& token) {
    return kind == engine::Forwarded::Pod ? findPod(ns, name, backend, token)
                                          : findBehind(ns, name, backend, token);
  };
  MC_TRY(untilTrue(client_, ns, met, timeout, stop));
  return backend;
}

base::Status LocalEngine::forward(const std::string& ns, const std::string& pod, uint16_t port,
                                  const base::Fd& local, std::stop_token stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, takeSnapshot(client_, ns, stop));
  for (const ClusterState& cluster : snapshot.clusters) {
    for (const PodState& state : cluster.pods) {
      if (state.name != pod && state.spec.name != pod) continue;
      if (state.pause.running()) return connectPort(client_, state.pause.id, port, local, stop);
      return base::fail(ENOENT, "pod " + state.name + " does not run any more");
    }
  }
  return base::pass(notFound("pods", pod));
}

}  // namespace mc::local
