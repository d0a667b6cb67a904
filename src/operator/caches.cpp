#include "operator/caches.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "operator/objects/names.hpp"
#include "operator/resources.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Object;

namespace {

constexpr std::array<std::string_view, 3> kKeptConditions = {"Ready", "PodScheduled",
                                                             "DisruptionTarget"};

/// A copy in storage of just the right size: what a parser leaves has room to grow.
template <size_t N>
Object only(const Object& object, const std::array<std::string_view, N>& keys) {
  Object kept;
  kept.reserve(N);
  for (const auto key : keys)
    if (const auto* value = object.if_contains(key)) kept.emplace(key, *value);
  return kept;
}

Object* child(Object& object, std::string_view key) {
  auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

void trimMeta(Object& object) {
  constexpr std::array<std::string_view, 9> kKept = {"name",
                                                     "namespace",
                                                     "uid",
                                                     "resourceVersion",
                                                     "labels",
                                                     "annotations",
                                                     "creationTimestamp",
                                                     "deletionTimestamp",
                                                     "ownerReferences"};
  auto* metadata = child(object, "metadata");
  if (metadata == nullptr) return;
  auto generation = metadata->if_contains("generation");
  Object kept = only(*metadata, kKept);
  if (generation != nullptr) kept.emplace("generation", *generation);
  if (auto* annotations = child(kept, "annotations"))
    annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
  *metadata = std::move(kept);
}

/// Label keys that somebody asks for; the rest of a pod's labels is the manifest's.
void trimPodMeta(Object& pod) {
  trimMeta(pod);
  auto* metadata = child(pod, "metadata");
  if (metadata == nullptr) return;
  metadata->erase("annotations");
  if (auto* labels = child(*metadata, "labels"))
    *labels =
        only(*labels, std::array<std::string_view, 3>{kClusterLabel, kRoleLabel,
                                                      "batch.kubernetes.io/job-completion-index"});
}

json::array keptConditions(const Object& status) {
  json::array kept;
  const auto* conditions = kube::findArray(status, {"conditions"});
  for (const auto& each : conditions == nullptr ? json::array() : *conditions) {
    if (!each.is_object()) continue;
    const auto type = kube::findText(each.get_object(), {"type"});
    if (std::find(kKeptConditions.begin(), kKeptConditions.end(), type) == kKeptConditions.end())
      continue;
    kept.push_back(
        only(each.get_object(), std::array<std::string_view, 3>{"type", "status", "reason"}));
  }
  return kept;
}

/// Of words only those that a container has left with which something is wrong.
void trimState(Object& container, const char* key, bool words) {
  constexpr std::array<std::string_view, 4> kKept = {"exitCode", "reason", "startedAt",
                                                     "finishedAt"};
  auto* state = child(container, key);
  if (state == nullptr) return;
  for (auto& how : *state) {
    if (!how.value().is_object()) continue;
    Object kept = only(how.value().get_object(), kKept);
    const auto* message = how.value().get_object().if_contains("message");
    if (words && message != nullptr && kube::findNumber(kept, {"exitCode"}).value_or(0) != 0)
      kept.emplace("message", *message);
    how.value() = std::move(kept);
  }
  if (state->empty()) container.erase(key);
}

/// `flux` is the name of the Flux container, whose words are a journal and of no use here.
json::array keptContainers(const Object& status, const char* list, std::string_view flux) {
  json::array kept;
  const auto* containers = kube::findArray(status, {list});
  for (const auto& each : containers == nullptr ? json::array() : *containers) {
    if (!each.is_object()) continue;
    auto container = only(each.get_object(),
                          std::array<std::string_view, 4>{"name", "state", "lastState", "started"});
    const bool words = kube::findText(container, {"name"}) != flux;
    for (const char* state : {"state", "lastState"}) trimState(container, state, words);
    if (kube::findObject(container, {"state", "waiting"}) != nullptr)
      container["image"] = kube::findText(each.get_object(), {"image"});
    kept.push_back(std::move(container));
  }
  return kept;
}

/// What is left of managedFields.
constexpr const char* kChangedByOthers = "changedByOthers";

/// Owners of a shared Service have managers of their own, "minicluster-UID".
bool hasOtherManagers(const Object& object) {
  const auto* fields = kube::findArray(object, {"metadata", "managedFields"});
  if (fields == nullptr) return false;
  return std::any_of(fields->begin(), fields->end(), [](const auto& each) {
    return each.is_object() &&
           !kube::findText(each.get_object(), {"manager"}).starts_with(kManager);
  });
}

std::string selector(std::string_view label) {
  return std::string(label);
}

std::string managed() {
  return std::string(kManagedByLabel) + "=" + std::string(kManager);
}

}  // namespace

std::vector<std::string> ownerUids(const Object& object) {
  std::vector<std::string> uids;
  const auto* owners = kube::findArray(object, {"metadata", "ownerReferences"});
  for (const auto& owner : owners == nullptr ? json::array() : *owners)
    if (owner.is_object()) uids.emplace_back(kube::findText(owner.get_object(), {"uid"}));
  return uids;
}

std::vector<kube::ObjectKey> clustersOf(const Object& object) {
  const std::string ns(kube::namespaceOf(object));
  std::vector<kube::ObjectKey> keys;
  const auto* owners = kube::findArray(object, {"metadata", "ownerReferences"});
  for (const auto& owner : owners == nullptr ? json::array() : *owners)
    if (owner.is_object() && kube::findText(owner.get_object(), {"kind"}) == kKind)
      keys.push_back({ns, std::string(kube::findText(owner.get_object(), {"name"}))});
  const auto label = kube::labelOf(object, kClusterLabel);
  if (keys.empty() && !label.empty()) keys.push_back({ns, std::string(label)});
  return keys;
}

void trimCluster(Object& cluster) {
  trimMeta(cluster);
}

bool isChangedByOthers(const Object& object) {
  return object.contains(kChangedByOthers);
}

void trimMetadata(Object& object) {
  const bool changed = hasOtherManagers(object);
  trimMeta(object);
  if (changed) object[kChangedByOthers] = true;
  object.erase("data");
  object.erase("spec");
  object.erase("status");
}

void trimJob(Object& job) {
  trimMeta(job);
  if (auto* spec = child(job, "spec"))
    *spec = only(*spec, std::array<std::string_view, 3>{"completions", "parallelism", "suspend"});
  if (auto* status = child(job, "status"))
    *status = only(*status, std::array<std::string_view, 2>{"conditions", "startTime"});
}

void trimPod(Object& pod) {
  trimPodMeta(pod);
  pod.erase("spec");
  auto* status = child(pod, "status");
  if (status == nullptr) return;
  Object kept;
  for (const char* key : {"phase", "reason", "message"})
    if (const auto* value = status->if_contains(key)) kept.emplace(key, *value);
  kept.emplace("conditions", keptConditions(*status));
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    kept.emplace(list, keptContainers(*status, list, kube::labelOf(pod, kClusterLabel)));
  *status = std::move(kept);
}

Caches::Caches(kube::Client& client, kube::Timer& timer, const std::string& ns,
               std::function<void(const kube::Resource&, const kube::Error&)> onError) {
  const auto make = [&](const kube::Resource& resource, const std::string& labels, bool metadata,
                        void (*trim)(Object&)) {
    kube::InformerOptions options;
    options.reflector.ns = ns;
    options.reflector.labelSelector = labels;
    options.reflector.metadataOnly = metadata;
    options.indexes = {{kOwnerIndex, ownerUids}};
    options.transform = trim;
    if (onError)
      options.onError = [onError, resource](const kube::Error& error) { onError(resource, error); };
    return std::make_unique<kube::Informer>(client, timer, resource, std::move(options));
  };
  clusters_ = make(kMiniClusters, "", false, trimCluster);
  jobs_ = make(kube::kJobs, managed(), false, trimJob);
  pods_ = make(kube::kPods, selector(kClusterLabel), false, trimPod);
  configMaps_ = make(kube::kConfigMaps, managed(), true, trimMetadata);
  services_ = make(kube::kServices, managed(), true, trimMetadata);
}

std::vector<kube::Informer*> Caches::all() const {
  return {jobs_.get(), pods_.get(), configMaps_.get(), services_.get(), clusters_.get()};
}

void Caches::addHandler(const Handler& handler) {
  for (auto* informer : all())
    informer->addHandler([handler, &resource = informer->resource()](const kube::Change& change) {
      handler(resource, change);
    });
}

void Caches::start() {
  for (auto* informer : all()) informer->start();
}

bool Caches::waitForSync(const std::stop_token& stop) const {
  for (const auto* informer : all())
    if (!informer->waitForSync(stop)) return false;
  return true;
}

bool Caches::synced() const {
  const auto informers = all();
  return std::all_of(informers.begin(), informers.end(),
                     [](const kube::Informer* informer) { return informer->synced(); });
}

void Caches::stop() {
  for (auto* informer : all()) informer->stop();
}

}  // namespace mc::controller
