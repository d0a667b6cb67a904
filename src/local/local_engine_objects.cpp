// The verbs of LocalEngine for objects of Kubernetes' own kinds.

#include <algorithm>

#include "base/clock.hpp"
#include "core/read.hpp"
#include "engine/conditions.hpp"
#include "local/changes.hpp"
#include "local/claims.hpp"
#include "local/local_engine.hpp"
#include "local/monitor.hpp"
#include "local/objects.hpp"
#include "local/owner.hpp"
#include "local/service.hpp"
#include "local/status.hpp"
#include "local/take_down.hpp"
#include "local/tools_image.hpp"
#include "local/workload.hpp"

namespace mc::local {

namespace {

bool holdsData(core::Kind kind) {
  return kind == core::Kind::ConfigMap || kind == core::Kind::Secret;
}

bool isWorkload(core::Kind kind) {
  return kind == core::Kind::Deployment || kind == core::Kind::Pod;
}

std::string resourceOf(core::Kind kind) {
  const core::KindInfo& info = core::infoOf(kind);
  return std::string(info.plural) + info.group;
}

/// A Pod's containers can't be changed; a Deployment makes new pods.
base::Status changeAllowed(const core::Object& object, const Record& before) {
  if (object.kind != core::Kind::Pod) return {};
  return base::fail(EINVAL,
                    "The Pod \"" + plainNameOf(before.ref) +
                        "\" is invalid: spec: Forbidden: pod updates may not change fields: delete "
                        "it and create it again, or use a Deployment");
}

}  // namespace

base::Status LocalEngine::carryOut(const core::Object& object, const Record& record,
                                   const std::optional<Values>& before, SerialProgress& progress,
                                   const std::stop_token& stop) {
  const WorkloadContext context{client_, options_, runner_, progress, nodeName()};
  MC_TRY_ASSIGN(const ToolsImage tools, ensureToolsImage(client_, options_.binDir, stop));
  if (holdsData(object.kind)) {
    if (before == object.data.values) return {};
    MC_TRY(writeContent(client_, record.ref, object.data.values, tools.name, stop));
    return refreshFiles(context, record.ref.ns, object.kind, object.metadata.name, stop);
  }
  if (object.kind == core::Kind::Service) {
    MC_TRY_ASSIGN(const Snapshot snapshot, takeSnapshot(client_, record.ref.ns, stop));
    return ensureForwarder(client_, record, object.service, snapshot, tools.name, stop);
  }
  if (!isWorkload(object.kind)) return {};
  MC_TRY_ASSIGN(const Left left, advance(context, record.ref, stop));
  MC_TRY(refreshForwarders(client_, record.ref.ns, tools.name, stop));
  const bool watch = left.waiting || left.watched;
  return watch && options_.startMonitor ? options_.startMonitor(record.ref) : base::Status();
}

base::Result<std::optional<Values>> LocalEngine::contentOf(const ClusterRef& ref,
                                                           const std::stop_token& stop) {
  const auto kind = kindOf(ref);
  if (!kind || !holdsData(*kind)) return std::optional<Values>();
  MC_TRY_ASSIGN(const ToolsImage tools, ensureToolsImage(client_, options_.binDir, stop));
  return readContent(client_, ref, tools.name, stop);
}

base::Status LocalEngine::createObject(const core::Object& object, Progress& told,
                                       std::stop_token stop) {
  const ClusterRef ref = ownerRef(object);
  SerialProgress progress(told);
  MC_TRY_ASSIGN(const auto there, takeSnapshot(client_, ref, stop));
  if (there && (there->record.removing || !there->hasRecord)) {
    base::Status removed = removeCluster(client_, ref, {}, progress, stop);
    if (!removed && removed.error().errnum != ENOENT) return removed;
  } else if (there && there->record.planDigest != makeRecord(object, 0).planDigest) {
    return base::pass(objectExists(ref));
  } else if (there && isWhole(*there)) {
    return base::pass(objectExists(ref));
  }
  const Record proposed = makeRecord(object, base::SystemClock().wall());
  MC_TRY_ASSIGN(const Record record, claimRecord(client_, proposed, stop));
  if (record.uid != proposed.uid && record.planDigest != proposed.planDigest)
    return base::pass(objectExists(ref));
  std::optional<Values> before;
  if (record.uid != proposed.uid) {
    MC_TRY_ASSIGN(before, contentOf(ref, stop));
  }
  return carryOut(object, record, before, progress, stop);
}

base::Error LocalEngine::objectExists(const ClusterRef& ref) {
  const core::Kind kind = kindOf(ref).value_or(core::Kind::Pod);
  return {EEXIST, resourceOf(kind) + " \"" + plainNameOf(ref) + "\" already exists"};
}

/// Whether nothing is left to do after a command that was cut short.
bool LocalEngine::isWhole(const ClusterState& cluster) {
  const auto kind = kindOf(cluster.record.ref);
  if (kind == core::Kind::Service) return !cluster.all.empty();
  if (kind != core::Kind::Deployment && kind != core::Kind::Pod) return true;
  return static_cast<int32_t>(cluster.pods.size()) == cluster.record.size;
}

base::Result<Applied> LocalEngine::applyObject(const core::Object& object, Progress& told,
                                               std::stop_token stop) {
  const ClusterRef ref = ownerRef(object);
  MC_TRY_ASSIGN(const auto there, takeSnapshot(client_, ref, stop));
  if (!there || there->record.removing || !there->hasRecord) {
    MC_TRY(createObject(object, told, stop));
    return Applied::Created;
  }
  SerialProgress progress(told);
  MC_TRY_ASSIGN(const auto before, contentOf(ref, stop));
  const Record wanted = revise(there->record, object);
  const bool sameSpec = wanted.planDigest == there->record.planDigest;
  const bool sameData = !holdsData(object.kind) || before == object.data.values;
  if (sameSpec) {
    MC_TRY(carryOut(object, there->record, before, progress, stop));
    return sameData && isWhole(*there) ? Applied::Unchanged : Applied::Configured;
  }
  MC_TRY(changeAllowed(object, there->record));
  MC_TRY(putRevision(client_, wanted, there->record.revision, stop));
  MC_TRY(carryOut(object, wanted, before, progress, stop));
  return Applied::Configured;
}

base::Status LocalEngine::removeObject(const engine::ObjectRef& object,
                                       const RemoveOptions& options, Progress& told,
                                       std::stop_token stop) {
  const ClusterRef ref = ownerRef(object.kind, object.ns, object.name);
  MC_TRY_ASSIGN(const auto there, takeSnapshot(client_, ref, stop));
  if (!there && object.kind == core::Kind::Pod) return removeOwnedPod(object, told, stop);
  if (!there) return base::pass(notFound(ref));
  SerialProgress progress(told);
  if (!options.wait && options_.startMonitor) {
    MC_TRY(markRemoval(client_, there->record, stop));
    return options_.startMonitor(ref);
  }
  return removeCluster(client_, ref, options, progress, stop);
}

/// A Deployment's pod comes again, which is how such a pod is started afresh.
base::Status LocalEngine::removeOwnedPod(const engine::ObjectRef& object, Progress& told,
                                         const std::stop_token& stop) {
  MC_TRY_ASSIGN(const PodView view, pod(object.ns, object.name, stop));
  const ClusterRef owner{object.ns, view.cluster};
  if (kindOf(owner) != core::Kind::Deployment)
    return base::fail(EINVAL,
                      "pods belong to their MiniCluster and are deleted with it: minicluster "
                      "delete minicluster " +
                          view.cluster);
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, owner, stop));
  if (!cluster) return base::pass(notFound(owner));
  SerialProgress progress(told);
  MC_TRY(removePods(
      client_, *cluster, [&](const std::string& name) { return name == view.name; }, progress,
      stop));
  const WorkloadContext context{client_, options_, runner_, progress, nodeName()};
  MC_TRY_ASSIGN(const Left left, advance(context, owner, stop));
  const bool watch = left.waiting || left.watched;
  return watch && options_.startMonitor ? options_.startMonitor(owner) : base::Status();
}

base::Result<std::vector<engine::ObjectView>> LocalEngine::objects(core::Kind kind,
                                                                   const std::string& ns,
                                                                   std::stop_token stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, look(ns, stop));
  std::vector<engine::ObjectView> views;
  for (const ClusterState& cluster : snapshot.clusters) {
    if (kindOf(cluster.record.ref) != kind || !cluster.hasRecord) continue;
    MC_TRY_ASSIGN(const auto values, contentOf(cluster.record.ref, stop));
    views.push_back(objectView(cluster, values));
  }
  return views;
}

base::Status LocalEngine::waitObject(const engine::ObjectRef& object, const Until& until,
                                     std::stop_token stop) {
  const ClusterRef ref = ownerRef(object.kind, object.ns, object.name);
  MC_TRY_ASSIGN(const auto first, look(ref, stop));
  if (!first && !until.deleted) return base::pass(notFound(ref));
  const std::string resource = resourceOf(object.kind);
  const auto met = [&](const std::stop_token& token) -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, token));
    if (until.deleted || !cluster) return engine::whenGone(until, !cluster, resource, object.name);
    return engine::isMet(objectView(*cluster, {}).conditions, until);
  };
  return engine::named(untilTrue(client_, ref.ns, met, until.timeout, stop),
                       resource.substr(0, resource.find('.')) + "/" + object.name);
}

// Secrets one by one

base::Result<engine::Secret> LocalEngine::secret(const std::string& ns, const std::string& name,
                                                 std::stop_token stop) {
  const ClusterRef ref = ownerRef(core::Kind::Secret, ns, name);
  MC_TRY_ASSIGN(const auto there, takeSnapshot(client_, ref, stop));
  if (!there || !there->hasRecord || there->record.removing) return base::pass(notFound(ref));
  MC_TRY_ASSIGN(const core::Object object, core::readObject(there->record.manifest));
  MC_TRY_ASSIGN(const auto values, contentOf(ref, stop));
  return engine::Secret{ns, name, object.data.type, object.metadata.labels,
                        values.value_or(Values())};
}

namespace {

core::Object objectOf(const engine::Secret& secret) {
  core::Object object;
  object.kind = core::Kind::Secret;
  object.apiVersion = "v1";
  object.metadata.name = secret.name;
  object.metadata.ns = secret.ns;
  object.metadata.labels = secret.labels;
  object.manifest = engine::secretObject(secret);
  object.data.type = secret.type;
  object.data.values = secret.data;
  return object;
}

}  // namespace

base::Status LocalEngine::createSecret(const engine::Secret& secret, std::stop_token stop) {
  Progress silent;
  return createObject(objectOf(secret), silent, std::move(stop));
}

base::Status LocalEngine::replaceSecret(const engine::Secret& secret, std::stop_token stop) {
  const ClusterRef ref = ownerRef(core::Kind::Secret, secret.ns, secret.name);
  MC_TRY_ASSIGN(const auto there, takeSnapshot(client_, ref, stop));
  if (!there) return base::pass(notFound(ref));
  Progress silent;
  MC_TRY(applyObject(objectOf(secret), silent, std::move(stop)));
  return {};
}

}  // namespace mc::local
