// The verbs of LocalEngine that make and end clusters.

#include <algorithm>

#include "base/clock.hpp"
#include "local/bring_up.hpp"
#include "local/claims.hpp"
#include "local/cluster_files.hpp"
#include "local/container_logs.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/local_engine.hpp"
#include "local/monitor.hpp"
#include "local/owner.hpp"
#include "local/plan_change.hpp"
#include "local/prepare.hpp"
#include "local/status.hpp"
#include "local/take_down.hpp"

namespace mc::local {

namespace {

/// Whether the job has ended by itself, and its output can still be had. A cluster that is being
/// removed keeps both to the last; a container that is being removed itself has no output any more.
bool holdsResult(const ClusterState& cluster) {
  const ContainerFacts* lead = cluster.lead();
  if (lead == nullptr || !cluster.hasRecord || lead->status != "exited") return false;
  return cluster.removalAt == 0 || lead->finishedAt < cluster.removalAt;
}

/// The record of a cluster that has been changed and is not being removed.
std::optional<Record> revisionOf(const std::optional<ClusterState>& cluster) {
  if (!cluster || !cluster->hasRecord || cluster->record.removing) return std::nullopt;
  return cluster->record.revision > 0 ? std::optional(cluster->record) : std::nullopt;
}

/// Being gone is what a removal is for, whoever has done it.
base::Status unlessGone(base::Status removed) {
  return !removed && removed.error().errnum == ENOENT ? base::Status() : std::move(removed);
}

/// Whether a failure is that of a container which goes away.
bool isVanishing(const base::Error& error) {
  return error.errnum == ENOENT || error.errnum == EEXIST;
}

}  // namespace

base::Status LocalEngine::makeCluster(const api::Document& document, const plan::Plan& plan,
                                      const std::optional<Record>& revision,
                                      SerialProgress& progress, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Prepared prepared, prepare(client_, plan, options_, runner_, progress, stop));
  if (revision) {
    return bringUp({client_, plan, *revision, prepared, options_.binDir, progress}, stop);
  }
  const Record proposed = makeRecord(document.manifest, plan, base::SystemClock().wall());
  MC_TRY_ASSIGN(const Record record, claimRecord(client_, proposed, stop));
  const bool isNew = record.uid == proposed.uid;
  if (!isNew && record.planDigest != proposed.planDigest) {
    return base::pass(alreadyExists(record.ref));
  }
  base::Status made = bringUp({client_, plan, record, prepared, options_.binDir, progress}, stop);
  const bool keep = made || !isNew || made.error().errnum == ECANCELED ||
                    made.error().errnum == EBUSY || made.error().errnum == ECONNREFUSED;
  if (!keep) MC_TRY(undo(record.ref, progress).prefixed(made.error().message + "; cleaning up"));
  return made;
}

/// Takes back what a failed command has made; a stop does not keep it from that.
base::Status LocalEngine::undo(const ClusterRef& ref, SerialProgress& progress) {
  const RemoveOptions atOnce{std::chrono::seconds(0), true};
  return unlessGone(removeCluster(client_, ref, atOnce, progress, {}));
}

base::Status LocalEngine::create(const api::Document& document, const plan::Plan& plan,
                                 Progress& told, std::stop_token stop) {
  SerialProgress progress(told);
  const ClusterRef ref{plan.ns, plan.name};
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, stop));
  if (cluster && !cluster->record.removing && cluster->hasRecord &&
      (complete(*cluster) || cluster->record.planDigest != planDigest(plan))) {
    heal(*cluster);
    return base::pass(alreadyExists(ref));
  }
  if (cluster && (cluster->record.removing || !cluster->hasRecord)) {
    MC_TRY(unlessGone(removeCluster(client_, ref, {}, progress, stop)));
  }
  MC_TRY(makeCluster(document, plan, revisionOf(cluster), progress, stop));
  return options_.startMonitor ? options_.startMonitor(ref) : base::Status();
}

base::Result<Applied> LocalEngine::apply(const api::Document& document, const plan::Plan& plan,
                                         Progress& told, std::stop_token stop) {
  const ClusterRef ref{plan.ns, plan.name};
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, stop));
  if (!cluster || cluster->record.removing || !cluster->hasRecord) {
    MC_TRY(create(document, plan, told, stop));
    return Applied::Created;
  }
  if (cluster->record.planDigest != planDigest(plan)) {
    MC_TRY(sameButSize(*cluster, document, plan, stop));
    SerialProgress progress(told);
    MC_TRY(resize(*cluster, document, plan, progress, stop));
    return Applied::Configured;
  }
  if (hasSurplus(*cluster)) {
    SerialProgress progress(told);
    MC_TRY(removeSurplus(client_, *cluster, progress, stop));
    return Applied::Configured;
  }
  if (complete(*cluster) || (finished(*cluster) && cluster->record.revision > 0)) {
    MC_TRY(sameSecrets(*cluster, plan, stop));
    heal(*cluster);
    return Applied::Unchanged;
  }
  MC_TRY(create(document, plan, told, stop));
  return Applied::Configured;
}

base::Status LocalEngine::sameButSize(const ClusterState& cluster, const api::Document& document,
                                      const plan::Plan& plan, const std::stop_token& stop) {
  const Record& record = cluster.record;
  if (!onlySizeDiffers(record.manifest, document.manifest)) {
    return base::pass(changeRefused(record.manifest, document.manifest));
  }
  const int32_t wanted = revise(record, document.manifest, plan).size;
  if (wanted > record.maxSize) return base::pass(sizeRefused(wanted, record.maxSize));
  return sameSecrets(cluster, plan, stop);
}

/// The new size is on record first, so that whoever comes after a command that was cut short
/// goes on with it. A cluster whose job is done gets no pods any more.
base::Status LocalEngine::resize(const ClusterState& cluster, const api::Document& document,
                                 const plan::Plan& plan, SerialProgress& progress,
                                 const std::stop_token& stop) {
  ClusterState changed = cluster;
  changed.record = revise(cluster.record, document.manifest, plan);
  const Record& record = changed.record;
  MC_TRY(putRevision(client_, record, cluster.record.revision, stop));
  MC_TRY(removeSurplus(client_, changed, progress, stop));
  if (finished(cluster)) return {};
  return makeCluster(document, plan, record, progress, stop);
}

base::Status LocalEngine::sameSecrets(const ClusterState& cluster, const plan::Plan& plan,
                                      const std::stop_token& stop) {
  const auto leadPod =
      std::find_if(cluster.pods.begin(), cluster.pods.end(),
                   [](const PodState& pod) { return pod.spec.role == plan::Role::Lead; });
  if (leadPod == cluster.pods.end()) return {};
  for (const auto& [file, content] : plan.secretFiles) {
    MC_TRY_ASSIGN(const auto there, readClusterFile(client_, leadPod->pause.id, file, stop));
    if (there != content) return base::pass(secretChangeRefused(file));
  }
  return {};
}

base::Status LocalEngine::remove(const ClusterRef& ref, const RemoveOptions& options,
                                 Progress& told, std::stop_token stop) {
  SerialProgress progress(told);
  if (options.wait || !options_.startMonitor) {
    return removeCluster(client_, ref, options, progress, stop);
  }
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, stop));
  if (!cluster) return base::pass(notFound("miniclusters.flux-framework.org", ref.name));
  MC_TRY(markRemoval(client_, cluster->record, stop));
  return options_.startMonitor(ref);
}

base::Result<int> LocalEngine::run(const api::Document& document, const plan::Plan& plan,
                                   Progress& told, const OutputSink& sink, std::stop_token stop) {
  SerialProgress progress(told);
  bool delivered = false;
  const OutputSink noting = [&](Stream stream, std::string_view bytes) {
    delivered = true;
    return sink(stream, bytes);
  };
  const ClusterRef ref{plan.ns, plan.name};
  MC_TRY_ASSIGN(const auto before, takeSnapshot(client_, ref, stop));
  const bool mayVanish = before && (before->record.removing || finished(*before));
  base::Result<int> status = runOnce(document, plan, progress, noting, stop);
  if (status || delivered || !mayVanish || !isVanishing(status.error())) return status;
  // A removal that an earlier command had begun was still going on.
  return runOnce(document, plan, progress, noting, stop);
}

base::Result<int> LocalEngine::runOnce(const api::Document& document, const plan::Plan& plan,
                                       SerialProgress& progress, const OutputSink& sink,
                                       const std::stop_token& stop) {
  const ClusterRef ref{plan.ns, plan.name};
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, stop));
  if (cluster && cluster->hasRecord && cluster->record.planDigest != planDigest(plan)) {
    return base::pass(alreadyExists(ref));
  }
  if (!cluster || !holdsResult(*cluster)) {
    if (cluster && (cluster->record.removing || !cluster->hasRecord)) {
      MC_TRY(unlessGone(removeCluster(client_, ref, {}, progress, stop)));
    }
    MC_TRY(makeCluster(document, plan, revisionOf(cluster), progress, stop));
  }
  return deliver(ref, progress, sink, stop);
}

base::Result<int> LocalEngine::deliver(const ClusterRef& ref, SerialProgress& progress,
                                       const OutputSink& sink, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref, stop));
  const ContainerFacts* lead = cluster ? cluster->lead() : nullptr;
  if (lead == nullptr) return base::pass(notFound("miniclusters.flux-framework.org", ref.name));
  MC_TRY(followToEnd(client_, lead->id, sink, stop));
  // What has ended already may be gone by now, if its removal had been begun.
  int exitCode = lead->exitCode;
  if (!lead->ended()) {
    MC_TRY_ASSIGN(const auto inspected, docker::inspectContainer(client_, lead->id, stop));
    exitCode = readFacts(inspected).exitCode;
  }
  MC_TRY(finishCluster(client_, ref, progress, stop));
  return exitCode;
}

base::Result<int> LocalEngine::follow(const ClusterRef& ref, Progress& told, const OutputSink& sink,
                                      std::stop_token stop) {
  SerialProgress progress(told);
  return deliver(ref, progress, sink, stop);
}

base::Status LocalEngine::monitor(const ClusterRef& ref, std::stop_token stop) {
  Progress silent;
  SerialProgress progress(silent);
  if (!isMiniCluster(ref))
    return monitorWorkload({client_, options_, runner_, progress, nodeName()}, ref, stop);
  return monitorCluster(client_, ref, stop);
}

}  // namespace mc::local
