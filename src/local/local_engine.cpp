// The verbs of LocalEngine that look at clusters and reach into containers.

#include "local/local_engine.hpp"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/read.hpp"
#include "engine/conditions.hpp"
#include "local/changes.hpp"
#include "local/container_logs.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"
#include "local/history.hpp"
#include "local/journals.hpp"
#include "local/objects.hpp"
#include "local/owner.hpp"
#include "local/role.hpp"
#include "local/service.hpp"
#include "local/session.hpp"
#include "local/status.hpp"

namespace mc::local {

/// The engine's machine is this one, unless it is reached over the network.
std::string LocalEngine::nodeName() const {
  if (client_.endpoint().path.empty()) return client_.endpoint().host;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

/// Sees to it that a cluster whose job has ended, or will end, is looked after. A monitor that
/// can't be started is no reason not to answer a question; the next command tries again.
void LocalEngine::heal(const ClusterState& cluster) {
  const Role wanted = cluster.record.removing ? Role::Remover : Role::Monitor;
  if (!options_.startMonitor || isRoleTaken(wanted, cluster.record.uid)) return;
  const ContainerFacts* lead = cluster.lead();
  const bool waits = lead != nullptr && lead->started() && !lead->ended();
  const bool overdue = leftRunning(cluster) || (finished(cluster) && cluster.record.cleanup);
  if (waits || overdue || cluster.record.removing || needsMonitor(cluster))
    (void)options_.startMonitor(cluster.record.ref);
}

base::Result<Snapshot> LocalEngine::look(const std::string& ns, const std::stop_token& stop) {
  MC_TRY_ASSIGN(Snapshot snapshot, takeSnapshot(client_, ns, stop));
  for (const ClusterState& cluster : snapshot.clusters) heal(cluster);
  return snapshot;
}

base::Result<std::optional<ClusterState>> LocalEngine::look(const ClusterRef& ref,
                                                            const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto cluster, takeSnapshot(client_, ref, stop));
  if (cluster) heal(*cluster);
  return cluster;
}

base::Result<std::vector<ClusterView>> LocalEngine::miniclusters(const std::string& ns,
                                                                 std::stop_token stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, look(ns, stop));
  std::vector<ClusterView> views;
  views.reserve(snapshot.clusters.size());
  for (const ClusterState& cluster : snapshot.clusters) {
    if (isMiniCluster(cluster.record.ref)) views.push_back(clusterView(cluster));
  }
  return views;
}

base::Result<ClusterView> LocalEngine::minicluster(const ClusterRef& ref, std::stop_token stop) {
  MC_TRY_ASSIGN(const auto cluster, look(ref, stop));
  if (!cluster) return base::pass(notFound("miniclusters.flux-framework.org", ref.name));
  return clusterView(*cluster);
}

base::Result<std::vector<PodView>> LocalEngine::pods(const std::string& ns, std::stop_token stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, look(ns, stop));
  const std::string node = nodeName();
  std::vector<PodView> views;
  for (const ClusterState& cluster : snapshot.clusters) {
    for (const PodState& pod : cluster.pods) views.push_back(podView(cluster, pod, node));
  }
  std::sort(views.begin(), views.end(), [](const PodView& a, const PodView& b) {
    return std::pair(a.ns, a.name) < std::pair(b.ns, b.name);
  });
  return views;
}

base::Result<PodView> LocalEngine::pod(const std::string& ns, const std::string& name,
                                       std::stop_token stop) {
  MC_TRY_ASSIGN(std::vector<PodView> all, pods(ns, stop));
  const auto found = std::find_if(all.begin(), all.end(), [&](const PodView& pod) {
    return pod.name == name || pod.plainName == name;
  });
  if (found == all.end()) return base::pass(notFound("pods", name));
  return std::move(*found);
}

base::Result<std::vector<ServiceView>> LocalEngine::services(const std::string& ns,
                                                             std::stop_token stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, look(ns, stop));
  std::vector<ServiceView> all;
  for (const ClusterState& cluster : snapshot.clusters) {
    for (ServiceView& view : serviceViews(cluster)) all.push_back(std::move(view));
    if (kindOf(cluster.record.ref) != core::Kind::Service || !cluster.hasRecord) continue;
    MC_TRY_ASSIGN(const core::Object object, core::readObject(cluster.record.manifest));
    ServiceView view = serviceView(cluster, object, snapshot);
    view.object = std::make_shared<boost::json::object>(serviceObject(view, cluster));
    all.push_back(std::move(view));
  }
  return all;
}

base::Result<std::vector<Event>> LocalEngine::events(const ClusterRef& ref, std::stop_token stop) {
  MC_TRY_ASSIGN(const auto cluster, look(ref, stop));
  if (!cluster) return base::pass(notFound(ref));
  return historyOf(*cluster);
}

base::Result<std::vector<engine::Journal>> LocalEngine::journals(const ClusterRef& ref,
                                                                 std::stop_token stop) {
  MC_TRY_ASSIGN(const auto cluster, look(ref, stop));
  if (!cluster) return base::pass(notFound("miniclusters.flux-framework.org", ref.name));
  return journalsOf(client_, *cluster, stop);
}

base::Status LocalEngine::watch(const std::string& ns,
                                const std::function<base::Result<bool>()>& changed,
                                std::optional<std::chrono::milliseconds> timeout,
                                std::stop_token stop) {
  return untilTrue(client_, ns, [&](const std::stop_token&) { return changed(); }, timeout, stop);
}

base::Status LocalEngine::waitCluster(const ClusterRef& ref, const Until& until,
                                      std::stop_token stop) {
  MC_TRY_ASSIGN(const auto first, look(ref, stop));
  if (!first && !until.deleted) {
    return base::pass(notFound("miniclusters.flux-framework.org", ref.name));
  }
  const auto met = [&](const std::stop_token& token) -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, token));
    if (until.deleted || !cluster)
      return engine::whenGone(until, !cluster, "miniclusters", ref.name);
    return engine::isMet(clusterView(*cluster).conditions, until);
  };
  return engine::named(untilTrue(client_, ref.ns, met, until.timeout, stop),
                       "miniclusters/" + ref.name);
}

base::Status LocalEngine::waitPod(const std::string& ns, const std::string& name,
                                  const Until& until, std::stop_token stop) {
  const auto first = pod(ns, name, stop);
  if (!first) {
    const bool gone = until.deleted && first.error().errnum == ENOENT;
    return gone ? base::Status() : base::pass(first.error());
  }
  const auto met = [&](const std::stop_token& token) -> base::Result<bool> {
    const auto now = pod(ns, first->name, token);
    if (!now && now.error().errnum != ENOENT) return base::pass(now.error());
    if (until.deleted || !now) return engine::whenGone(until, !now, "pods", first->name);
    return engine::isMet(now->conditions, until);
  };
  return engine::named(untilTrue(client_, ns, met, until.timeout, stop), "pods/" + first->name);
}

base::Result<LocalEngine::Found> LocalEngine::find(const std::string& ns, const std::string& pod,
                                                   const std::string& container,
                                                   const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, look(ns, stop));
  for (const ClusterState& cluster : snapshot.clusters) {
    for (const PodState& state : cluster.pods) {
      if (state.name != pod && state.spec.name != pod) continue;
      for (size_t i = 0; i < state.spec.containers.size(); ++i) {
        const std::string& name = state.spec.containers[i].name;
        if (!container.empty() && name != container) continue;
        return Found{state.containers[i].value_or(ContainerFacts()), name, state.name};
      }
      return base::fail(EINVAL, "container " + container + " is not valid for pod " + state.name);
    }
  }
  return base::pass(notFound("pods", pod));
}

base::Result<ContainerFacts> LocalEngine::findRunning(const std::string& ns, const std::string& pod,
                                                      const std::string& container,
                                                      const std::stop_token& stop) {
  MC_TRY_ASSIGN(Found found, find(ns, pod, container, stop));
  if (found.facts.running()) return std::move(found.facts);
  return base::fail(
      EINVAL, "unable to upgrade connection: container not found (\"" + found.container + "\")");
}

base::Status LocalEngine::logs(const std::string& ns, const std::string& pod,
                               const std::string& container, const LogOptions& options,
                               const OutputSink& sink, std::stop_token stop) {
  MC_TRY_ASSIGN(const Found found, find(ns, pod, container, stop));
  return containerLogs(client_, found.facts, found.container, found.pod, options, sink, stop);
}

base::Result<std::unique_ptr<Session>> LocalEngine::exec(const std::string& ns,
                                                         const std::string& pod,
                                                         const std::string& container,
                                                         const ExecRequest& request,
                                                         std::stop_token stop) {
  MC_TRY_ASSIGN(const ContainerFacts facts, findRunning(ns, pod, container, stop));
  return openExec(client_, facts.id, request, stop);
}

base::Result<std::unique_ptr<Session>> LocalEngine::attach(const std::string& ns,
                                                           const std::string& pod,
                                                           const std::string& container,
                                                           const ExecRequest& request,
                                                           std::stop_token stop) {
  MC_TRY_ASSIGN(const ContainerFacts facts, findRunning(ns, pod, container, stop));
  return openAttach(client_, facts.id, request, stop);
}

base::Result<std::string> LocalEngine::describeEngine(std::stop_token stop) {
  MC_TRY_ASSIGN(const std::string api, client_.apiVersion(stop));
  MC_TRY_ASSIGN(const auto version, docker::engineVersion(client_, stop));
  return "Docker Engine " + docker::textOf(version, "Version") + " at " + client_.endpoint().text +
         " (API " + api + ")";
}

base::Result<std::unique_ptr<Engine>> makeEngine(EngineOptions options) {
  if (::sodium_init() < 0) return base::fail(EIO, "libsodium found no source of random numbers");
  if (options.dockerHost.empty()) options.dockerHost = kDefaultDockerHost;
  MC_TRY_ASSIGN(docker::Endpoint endpoint, docker::parseEndpoint(options.dockerHost));
  return std::unique_ptr<Engine>(
      std::make_unique<LocalEngine>(std::move(options), std::move(endpoint)));
}

}  // namespace mc::local
