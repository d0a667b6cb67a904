#include "operator/cluster_objects.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "operator/changes.hpp"
#include "operator/objects/config_map.hpp"
#include "operator/objects/job.hpp"
#include "operator/objects/names.hpp"
#include "operator/objects/secret.hpp"
#include "operator/objects/service.hpp"
#include "operator/objects/services_pod.hpp"
#include "operator/resources.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Object;
using kube::ObjectKey;
using kube::Reason;
using kube::Resource;
using kube::Status;

namespace {

bool isOwnedBy(const Object& object, const std::string& uid) {
  const auto uids = ownerUids(object);
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

/// Whether it is another MiniCluster's of the same name, which must be one that went before.
bool isOfPredecessor(const Object& object, const std::string& cluster) {
  const auto keys = clustersOf(object);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const ObjectKey& key) { return key.name == cluster; });
}

std::string ownerText(const Object& object) {
  const auto keys = clustersOf(object);
  return keys.empty() ? "nobody" : "MiniCluster " + keys.front().name;
}

bool isSameVersion(const Object& a, const Object& b) {
  return kube::resourceVersionOf(a) == kube::resourceVersionOf(b);
}

bool isEnded(const Object& pod) {
  const auto phase = kube::findText(pod, {"status", "phase"});
  return phase == "Failed" || phase == "Succeeded";
}

}  // namespace

kube::Result<ClusterObjects::Standing> ClusterObjects::standing(const Resource& resource,
                                                                const kube::Cache& cache,
                                                                const ObjectKey& key,
                                                                const std::string& uid) const {
  const auto cached = cache.get(key);
  if (!cached) return Standing::Absent;
  if (isOwnedBy(*cached, uid))
    return kube::isDeleting(*cached) ? Standing::Leaving : Standing::Ours;
  const std::string name(kube::labelOf(*cached, kClusterLabel));
  const auto cluster = caches_.clusters().get({key.ns, name});
  const bool predecessors =
      cluster && kube::uidOf(*cluster) == uid && isOfPredecessor(*cached, name);
  if (predecessors) return Standing::Leaving;
  return kube::fail(Reason::AlreadyExists, resource.kind + " " + key.name + " belongs to " +
                                               ownerText(*cached) +
                                               ": delete one of the two, and create it again "
                                               "under another name");
}

kube::Result<Object> ClusterObjects::apply(const Resource& resource, const Object& object,
                                           bool known, const std::string& manager,
                                           const std::stop_token& stop) {
  const auto key = kube::keyOf(object);
  // Before the request: what somebody changes during it comes after.
  const bool doubted = ledger_.trust(resource, key);
  ledger_.writing(resource, key, appliedHash(object));
  kube::ApplyOptions options;
  options.fieldManager = manager;
  // What is not known to be ours may be somebody's: that is a conflict, and not taken over.
  options.force = known;
  auto answer = client_.apply(resource, object, options, {.stop = stop});
  if (!answer) ledger_.seen(resource, key);
  if (!answer && doubted) ledger_.doubt(resource, key);
  return answer;
}

Status ClusterObjects::ensureApplied(const Resource& resource, const kube::Cache& cache,
                                     const Object& object, const std::string& uid,
                                     const std::stop_token& stop) {
  const auto key = kube::keyOf(object);
  MC_TRY_ASSIGN(const Standing there, standing(resource, cache, key, uid));
  if (there == Standing::Leaving) return {};
  if (isApplied(resource, cache, key, appliedHash(object))) return {};
  MC_TRY_ASSIGN(const Object answer,
                apply(resource, object, there == Standing::Ours, std::string(kManager), stop));
  settle(resource, cache, key, answer);
  return {};
}

bool ClusterObjects::isApplied(const Resource& resource, const kube::Cache& cache,
                               const ObjectKey& key, const std::string& hash) const {
  if (ledger_.isDoubted(resource, key)) return false;
  if (const auto written = ledger_.written(resource, key)) return *written == hash;
  const auto cached = cache.get(key);
  return cached && appliedHash(*cached) == hash;
}

void ClusterObjects::settle(const Resource& resource, const kube::Cache& cache,
                            const ObjectKey& key, const Object& answer) {
  const auto cached = cache.get(key);
  if (cached && isSameVersion(*cached, answer)) ledger_.seen(resource, key);
}

Status ClusterObjects::ensureConfigMap(const Wanted& wanted, const std::stop_token& stop) {
  const Blueprint& blueprint = *wanted.blueprint;
  const ObjectKey key{blueprint.ns(), configMapName(blueprint.name())};
  MC_TRY_ASSIGN(const Standing there,
                standing(kube::kConfigMaps, caches_.configMaps(), key, blueprint.uid));
  // Asked before it is built: most of the time it is there.
  if (there == Standing::Ours &&
      isApplied(kube::kConfigMaps, caches_.configMaps(), key, wanted.generationHash))
    return {};
  return ensureApplied(kube::kConfigMaps, caches_.configMaps(),
                       configMap(blueprint, wanted.generationHash), blueprint.uid, stop);
}

Status ClusterObjects::ensureSecret(const Blueprint& blueprint, const std::stop_token& stop) {
  if (!blueprint.hasSecret()) return {};
  const ObjectKey key{blueprint.ns(), secretName(blueprint.name(), blueprint.uid)};
  if (ledger_.written(kube::kSecrets, key)) return {};
  MC_TRY_ASSIGN(const Object secret, makeSecret(blueprint, clock_.wall()));
  ledger_.writing(kube::kSecrets, key, "");
  // Made and not applied: the key that is there stays.
  const auto made =
      client_.create(kube::kSecrets, secret,
                     {.fieldManager = std::string(kManager), .metadataOnly = true}, {.stop = stop});
  if (made || made.error().is(Reason::AlreadyExists)) return {};
  ledger_.seen(kube::kSecrets, key);
  return tl::make_unexpected(made.error());
}

/// Shared, so that it is ours once our owner reference is among the others.
Status ClusterObjects::ensureHeadless(const Blueprint& blueprint, const std::stop_token& stop) {
  const Object service = headlessService(blueprint);
  const auto key = kube::keyOf(service);
  const auto cached = caches_.services().get(key);
  // The ledger has one entry for all owners, and may hold another one's.
  const ObjectKey own{key.ns, key.name + "/" + blueprint.uid};
  const bool same = cached && isOwnedBy(*cached, blueprint.uid) && !kube::isDeleting(*cached) &&
                    appliedHash(*cached) == appliedHash(service) &&
                    !ledger_.isDoubted(kube::kServices, key);
  if (same) {
    ledger_.seen(kube::kServices, own);
    return {};
  }
  if (cached && kube::isDeleting(*cached)) return {};
  if (cached && !kube::labelOf(*cached, kClusterLabel).empty())
    return kube::fail(Reason::AlreadyExists, "Service " + key.name + " belongs to " +
                                                 ownerText(*cached) +
                                                 ": choose another spec.network.headlessName");
  if (!cached && ledger_.written(kube::kServices, own)) return {};
  const bool doubted = ledger_.trust(kube::kServices, key);
  ledger_.writing(kube::kServices, own, "");
  kube::ApplyOptions options;
  options.fieldManager = headlessManager(blueprint);
  options.force = cached != nullptr;
  options.metadataOnly = true;
  const auto applied = client_.apply(kube::kServices, service, options, {.stop = stop});
  if (!applied && doubted) ledger_.doubt(kube::kServices, key);
  // No watch will tell of what failed, or changed nothing.
  const bool told = applied && !(cached && isSameVersion(*cached, *applied));
  if (!told) ledger_.seen(kube::kServices, own);
  if (!applied) return tl::make_unexpected(applied.error());
  return {};
}

/// Whether or not they are there: the answer tells their addresses, which no cache has.
kube::Result<ServiceAddresses> ClusterObjects::applySidecarServices(const Blueprint& blueprint,
                                                                    const std::stop_token& stop) {
  ServiceAddresses addresses;
  for (const auto& service : blueprint.services) {
    if (service.headless) continue;
    const Object object = sidecarService(blueprint, service);
    MC_TRY_ASSIGN(const Standing there, standing(kube::kServices, caches_.services(),
                                                 kube::keyOf(object), blueprint.uid));
    if (there == Standing::Leaving)
      return kube::fail(Reason::Conflict, "Service " + std::string(kube::nameOf(object)) +
                                              " of an earlier MiniCluster is still there");
    MC_TRY_ASSIGN(const Object answer, apply(kube::kServices, object, there == Standing::Ours,
                                             std::string(kManager), stop));
    const auto address = kube::findText(answer, {"spec", "clusterIP"});
    if (!address.empty() && address != "None") addresses[service.name] = address;
  }
  return addresses;
}

Status ClusterObjects::ensureSidecarServices(const Blueprint& blueprint,
                                             const std::stop_token& stop) {
  for (const auto& service : blueprint.services) {
    if (service.headless) continue;
    MC_TRY(ensureApplied(kube::kServices, caches_.services(), sidecarService(blueprint, service),
                         blueprint.uid, stop));
  }
  return {};
}

Status ClusterObjects::makeJob(const Wanted& wanted, const std::stop_token& stop) {
  const Blueprint& blueprint = *wanted.blueprint;
  MC_TRY(ensureSecret(blueprint, stop));
  MC_TRY_ASSIGN(const ServiceAddresses addresses, applySidecarServices(blueprint, stop));
  const Object object = job(blueprint, addresses, wanted.fixedHash);
  const auto key = kube::keyOf(object);
  ledger_.writing(kube::kJobs, key, "");
  // Created, as it is never applied again: what changes in place is patched (changeJob). That is
  // half the work for the API server, and refused if somebody has a Job of this name.
  const auto made =
      client_.create(kube::kJobs, object,
                     {.fieldManager = std::string(kManager), .metadataOnly = true}, {.stop = stop});
  if (made) return {};
  ledger_.seen(kube::kJobs, key);
  return tl::make_unexpected(made.error());
}

Status ClusterObjects::changeJob(const Wanted& wanted, const Object& job,
                                 const std::stop_token& stop) {
  const auto change = jobChange(wanted.blueprint->cluster, job);
  if (!change) return {};
  const auto key = kube::keyOf(job);
  const std::string hash = json::serialize(*change);
  if (ledger_.written(kube::kJobs, key) == hash) return {};
  ledger_.writing(kube::kJobs, key, hash);
  const auto changed =
      client_.patch(kube::kJobs, key, kube::PatchType::Merge, *change,
                    {.fieldManager = std::string(kManager), .metadataOnly = true}, {.stop = stop});
  if (changed) return {};
  ledger_.seen(kube::kJobs, key);
  return tl::make_unexpected(changed.error());
}

/// Whether something by one of our names is on its way out; its end brings us here again.
kube::Result<bool> ClusterObjects::mustWait(const Blueprint& blueprint) const {
  const auto leaves = [&](const Resource& resource, const kube::Cache& cache,
                          const std::string& name) -> kube::Result<bool> {
    MC_TRY_ASSIGN(const Standing there,
                  standing(resource, cache, {blueprint.ns(), name}, blueprint.uid));
    return there == Standing::Leaving;
  };
  MC_TRY_ASSIGN(const bool job, leaves(kube::kJobs, caches_.jobs(), jobName(blueprint.name())));
  MC_TRY_ASSIGN(const bool config,
                leaves(kube::kConfigMaps, caches_.configMaps(), configMapName(blueprint.name())));
  return job || config;
}

Status ClusterObjects::ensure(const Wanted& wanted, const std::stop_token& stop) {
  const Blueprint& blueprint = *wanted.blueprint;
  const ObjectKey jobKey{blueprint.ns(), jobName(blueprint.name())};
  MC_TRY_ASSIGN(const bool waits, mustWait(blueprint));
  if (waits) return {};
  MC_TRY(ensureConfigMap(wanted, stop));
  MC_TRY(ensureHeadless(blueprint, stop));
  const auto cached = caches_.jobs().get(jobKey);
  if (!cached) return ledger_.written(kube::kJobs, jobKey) ? Status{} : makeJob(wanted, stop);
  ledger_.seen(kube::kSecrets, {blueprint.ns(), secretName(blueprint.name(), blueprint.uid)});
  MC_TRY(ensureSidecarServices(blueprint, stop));
  return changeJob(wanted, *cached, stop);
}

Status ClusterObjects::makeServicesPod(const Blueprint& blueprint, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const ServiceAddresses addresses, applySidecarServices(blueprint, stop));
  MC_TRY(apply(kube::kPods, servicesPod(blueprint, addresses), false, std::string(kManager), stop));
  return {};
}

Status ClusterObjects::ensureServicesPod(const Blueprint& blueprint, bool wanted,
                                         const std::stop_token& stop) {
  if (!blueprint.servicesPod) return {};
  const ObjectKey key{blueprint.ns(), blueprint.servicesPod->name};
  MC_TRY_ASSIGN(const Standing there, standing(kube::kPods, caches_.pods(), key, blueprint.uid));
  if (there == Standing::Leaving) return {};
  const auto cached = caches_.pods().get(key);
  const bool pending = ledger_.written(kube::kPods, key).has_value();
  if (there == Standing::Absent)
    return wanted && !pending ? makeServicesPod(blueprint, stop) : Status{};
  if (wanted && !isEnded(*cached)) return {};
  const auto removed =
      client_.remove(kube::kPods, key, {.uid = std::string(kube::uidOf(*cached))}, {.stop = stop});
  if (removed || removed.error().is(Reason::NotFound)) return {};
  return tl::make_unexpected(removed.error());
}

Observed ClusterObjects::observe(const Object& cluster) const {
  Observed observed;
  const std::string ns(kube::namespaceOf(cluster));
  const std::string name(kube::nameOf(cluster));
  const auto job = caches_.jobs().get({ns, jobName(name)});
  const std::string uid(kube::uidOf(cluster));
  if (!job || !isOwnedBy(*job, uid)) return observed;
  observed.job = job;
  // The only pod that the Job does not own.
  const auto own = caches_.pods().find(kOwnerIndex, uid);
  if (!own.empty()) observed.servicesPod = own.front();
  observed.pods = caches_.pods().find(kOwnerIndex, std::string(kube::uidOf(*job)));
  return observed;
}

Status ClusterObjects::removeCluster(const Object& cluster, const std::stop_token& stop) {
  const auto removed = client_.remove(
      kMiniClusters, kube::keyOf(cluster),
      {.propagation = kube::Propagation::Background, .uid = std::string(kube::uidOf(cluster))},
      {.stop = stop});
  const bool gone =
      !removed && (removed.error().is(Reason::NotFound) || removed.error().is(Reason::Conflict));
  if (removed || gone) return {};
  return tl::make_unexpected(removed.error());
}

bool isOtherJob(const Wanted& wanted, const Observed& observed) {
  if (!observed.job) return false;
  const std::string made(kube::annotationOf(*observed.job, kFixedHash));
  const auto version = [](const std::string& hash) { return hash.substr(0, hash.rfind('-')); };
  return made != wanted.fixedHash && version(made) == version(wanted.fixedHash);
}

}  // namespace mc::controller
