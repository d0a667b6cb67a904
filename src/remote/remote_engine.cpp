// The verbs of RemoteEngine that look, wait and connect.

#include "remote/remote_engine.hpp"

#include <algorithm>

#include "engine/conditions.hpp"
#include "engine/errors.hpp"
#include "remote/explain.hpp"
#include "remote/following.hpp"
#include "remote/journals.hpp"
#include "remote/json.hpp"
#include "remote/names.hpp"
#include "remote/views.hpp"

namespace mc::remote {

namespace {

using engine::ClusterRef;
using engine::ClusterView;
using engine::PodView;
using engine::ServiceView;

std::string managedByUs() {
  return std::string(kManagedByLabel) + "=" + kManager;
}

/// Sorted by namespace and name, which is not everywhere the order of the server's keys.
void sortByKey(std::vector<kube::Object>& objects) {
  std::sort(objects.begin(), objects.end(),
            [](const auto& a, const auto& b) { return kube::keyOf(a) < kube::keyOf(b); });
}

bool isAllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether a pod's name is one that a cluster's Job or services pod gets.
bool isPodOf(std::string_view name, const std::string& cluster) {
  if (!name.starts_with(cluster + "-")) return false;
  name.remove_prefix(cluster.size() + 1);
  return name == "services" || isAllDigits(name.substr(0, name.find('-')));
}

/// `uid`: of the cluster that has the name now, so that those before it keep their story; empty:
/// any.
bool isAbout(const kube::Object& event, const ClusterRef& ref, std::string_view uid) {
  const std::string_view kind = kube::findText(event, {"regarding", "kind"});
  const std::string_view name = kube::findText(event, {"regarding", "name"});
  if (kind == "Pod") return isPodOf(name, ref.name);
  if (kind == "MiniCluster" && !uid.empty() && kube::findText(event, {"regarding", "uid"}) != uid)
    return false;
  return (kind == "MiniCluster" || kind == "Job") && name == ref.name;
}

/// The newest of the pods that `name` without suffix means; one that ends only if there is no
/// other.
const PodView* podNamed(const std::vector<PodView>& pods, const std::string& name) {
  const PodView* found = nullptr;
  const auto better = [](const PodView& a, const PodView& b) {
    return a.terminating != b.terminating ? b.terminating : a.createdAt > b.createdAt;
  };
  for (const auto& pod : pods)
    if (pod.plainName == name && (found == nullptr || better(pod, *found))) found = &pod;
  return found;
}

}  // namespace

base::Result<std::vector<kube::Object>> RemoteEngine::list(const kube::Resource& resource,
                                                           const kube::ListOptions& options,
                                                           const std::stop_token& stop) {
  std::vector<kube::Object> objects;
  const auto listed =
      client_.list(resource, options,
                   [&](kube::Object item) { objects.push_back(std::move(item)); }, {.stop = stop});
  if (!listed) return base::pass(explained(listed.error()));
  sortByKey(objects);
  return objects;
}

base::Result<std::vector<ClusterView>> RemoteEngine::miniclusters(const std::string& ns,
                                                                  std::stop_token stop) {
  MC_TRY_ASSIGN(const auto objects, list(kMiniClusters, {.ns = ns}, stop));
  std::vector<ClusterView> views;
  for (const auto& object : objects) views.push_back(clusterView(object));
  return views;
}

base::Result<ClusterView> RemoteEngine::minicluster(const ClusterRef& ref, std::stop_token stop) {
  MC_TRY_ASSIGN(const kube::Object object, explained(client_.get(kMiniClusters, {ref.ns, ref.name},
                                                                 {}, {.stop = std::move(stop)})));
  return clusterView(object);
}

base::Result<std::vector<PodView>> RemoteEngine::pods(const std::string& ns, std::stop_token stop) {
  MC_TRY_ASSIGN(const auto objects,
                list(kube::kPods, {.ns = ns, .labelSelector = kClusterLabel}, stop));
  std::vector<PodView> views;
  for (const auto& object : objects) views.push_back(podView(object));
  return views;
}

base::Result<PodView> RemoteEngine::pod(const std::string& ns, const std::string& name,
                                        std::stop_token stop) {
  const auto exact = client_.get(kube::kPods, {ns, name}, {}, {.stop = stop});
  if (exact) return podView(*exact);
  if (!exact.error().is(kube::Reason::NotFound)) return base::pass(explained(exact.error()));
  MC_TRY_ASSIGN(const auto all, pods(ns, stop));
  const PodView* found = podNamed(all, name);
  if (found == nullptr) return base::pass(engine::notFound("pods", name));
  return *found;
}

base::Result<std::vector<ServiceView>> RemoteEngine::services(const std::string& ns,
                                                              std::stop_token stop) {
  MC_TRY_ASSIGN(const auto objects,
                list(kube::kServices, {.ns = ns, .labelSelector = managedByUs()}, stop));
  MC_TRY_ASSIGN(const auto slices,
                list(kube::kEndpointSlices, {.ns = ns, .labelSelector = kServiceLabel}, stop));
  std::vector<ServiceView> views;
  for (const auto& object : objects) {
    std::vector<std::string> addresses;
    for (const auto& slice : slices) {
      const bool behind = kube::namespaceOf(slice) == kube::namespaceOf(object) &&
                          kube::labelOf(slice, kServiceLabel) == kube::nameOf(object);
      if (!behind) continue;
      for (auto& address : addressesOf(slice)) addresses.push_back(std::move(address));
    }
    views.push_back(serviceView(object, std::move(addresses)));
  }
  return views;
}

base::Result<std::vector<engine::Event>> RemoteEngine::events(const ClusterRef& ref,
                                                              std::stop_token stop) {
  const auto now =
      client_.get(kMiniClusters, {ref.ns, ref.name}, {.metadataOnly = true}, {.stop = stop});
  const std::string uid(now ? kube::uidOf(*now) : std::string_view());
  MC_TRY_ASSIGN(const auto objects, list(kube::kEvents, {.ns = ref.ns}, stop));
  std::vector<engine::Event> events;
  for (const auto& object : objects)
    if (isAbout(object, ref, uid)) events.push_back(eventView(object));
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return events;
}

base::Result<std::vector<engine::Journal>> RemoteEngine::journals(const ClusterRef& ref,
                                                                  std::stop_token stop) {
  const std::string label = std::string(kClusterLabel) + "=" + ref.name;
  MC_TRY_ASSIGN(const auto pods, list(kube::kPods, {.ns = ref.ns, .labelSelector = label}, stop));
  return journalsOf(pods, *access_.streams, stop);
}

base::Status RemoteEngine::watch(const std::string& ns,
                                 const std::function<base::Result<bool>()>& changed,
                                 std::optional<std::chrono::milliseconds> timeout,
                                 std::stop_token stop) {
  const kube::ReflectorOptions all{.ns = ns, .metadataOnly = true};
  kube::ReflectorOptions pods = all;
  pods.labelSelector = kClusterLabel;
  kube::ReflectorOptions services = all;
  services.labelSelector = managedByUs();
  Following following(client_, *access_.timer,
                      {{kMiniClusters, all}, {kube::kPods, pods}, {kube::kServices, services}});
  return following.until(changed, timeout, stop);
}

base::Status RemoteEngine::waitObject(const kube::Resource& resource, const kube::ObjectKey& key,
                                      const engine::Until& until, const std::stop_token& stop) {
  Following following(client_, *access_.timer,
                      {{resource, {.ns = key.ns, .fieldSelector = "metadata.name=" + key.name}}});
  std::string uid;
  const auto met = [&]() -> base::Result<bool> {
    const auto all = following.objects();
    // One that comes after it under its name is another one.
    const bool gone = all.empty() || (!uid.empty() && kube::uidOf(*all.front()) != uid);
    if (until.deleted || gone) {
      if (!gone) uid = kube::uidOf(*all.front());
      return engine::whenGone(until, gone, resource.groupResource(), key.name);
    }
    uid = kube::uidOf(*all.front());
    return engine::isMet(conditionsOf(*all.front()), until);
  };
  return engine::named(following.until(met, until.timeout, stop), resource.plural + "/" + key.name);
}

base::Status RemoteEngine::waitCluster(const ClusterRef& ref, const engine::Until& until,
                                       std::stop_token stop) {
  return waitObject(kMiniClusters, {ref.ns, ref.name}, until, stop);
}

base::Status RemoteEngine::waitPod(const std::string& ns, const std::string& name,
                                   const engine::Until& until, std::stop_token stop) {
  const auto first = pod(ns, name, stop);
  if (!first) {
    const bool gone = until.deleted && first.error().errnum == ENOENT;
    return gone ? base::Status() : base::pass(first.error());
  }
  return waitObject(kube::kPods, {ns, first->name}, until, stop);
}

/// A container by the names that users know.
base::Result<Place> RemoteEngine::placeOf(const std::string& ns, const std::string& name,
                                          const std::string& container,
                                          const std::stop_token& stop) {
  MC_TRY_ASSIGN(const PodView found, pod(ns, name, stop));
  if (!container.empty()) return Place{{ns, found.name}, container};
  if (found.containers.empty())
    return base::fail(ENOENT, "pod " + ns + "/" + found.name + " does not have any containers");
  return Place{{ns, found.name}, found.containers.front().name};
}

base::Status RemoteEngine::logs(const std::string& ns, const std::string& pod,
                                const std::string& container, const engine::LogOptions& options,
                                const engine::OutputSink& sink, std::stop_token stop) {
  MC_TRY_ASSIGN(const Place place, placeOf(ns, pod, container, stop));
  return access_.streams->logs(
      place, options, [&](std::string_view piece) { return sink(engine::Stream::Out, piece); },
      stop);
}

base::Result<std::unique_ptr<engine::Session>> RemoteEngine::exec(
    const std::string& ns, const std::string& pod, const std::string& container,
    const engine::ExecRequest& request, std::stop_token stop) {
  MC_TRY_ASSIGN(const Place place, placeOf(ns, pod, container, stop));
  return access_.streams->exec(place, request, stop);
}

base::Result<std::unique_ptr<engine::Session>> RemoteEngine::attach(
    const std::string& ns, const std::string& pod, const std::string& container,
    const engine::ExecRequest& request, std::stop_token stop) {
  MC_TRY_ASSIGN(const Place place, placeOf(ns, pod, container, stop));
  return access_.streams->attach(place, request, stop);
}

base::Status RemoteEngine::monitor(const ClusterRef& /*ref*/, std::stop_token /*stop*/) {
  return base::fail(ENOTSUP, "on Kubernetes the operator watches over MiniClusters");
}

base::Result<std::string> RemoteEngine::describeEngine(std::stop_token stop) {
  MC_TRY_ASSIGN(const auto version,
                explained(client_.getRaw("/version", {.stop = std::move(stop)})));
  const auto* object = version.if_object();
  const std::string_view git =
      object == nullptr ? std::string_view() : kube::findText(*object, {"gitVersion"});
  return "Kubernetes " + std::string(git) + " at " + access_.server;
}

}  // namespace mc::remote
