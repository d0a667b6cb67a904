#include <algorithm>
#include <chrono>

#include "base/clock.hpp"
#include "local/changes.hpp"
#include "local/docker/containers.hpp"
#include "local/monitor.hpp"
#include "local/owner.hpp"
#include "local/role.hpp"
#include "local/take_down.hpp"

namespace mc::local {

namespace {

constexpr std::string_view kLiveness = "Liveness probe failed";
constexpr std::string_view kStartup = "Startup probe failed";

const plan::Container* specOf(const PodState& pod, size_t i) {
  return pod.containers[i] && pod.containers[i]->running() ? &pod.spec.containers[i] : nullptr;
}

/// Whether a probe that says so has failed as often in a row as it may.
bool hasFailed(const plan::Container& spec, const ContainerFacts& facts) {
  const bool liveness = facts.healthOutput.starts_with(kLiveness) && spec.probes.liveness;
  const bool startup = facts.healthOutput.starts_with(kStartup) && spec.probes.startup;
  if (liveness) return facts.healthFailures >= spec.probes.liveness->failureThreshold;
  return startup && facts.healthFailures >= spec.probes.startup->failureThreshold;
}

/// Starts containers again that no longer live, as the kubelet does.
base::Status restartDead(docker::Client& client, const ClusterState& cluster,
                         const std::stop_token& stop) {
  for (const PodState& pod : cluster.pods) {
    for (size_t i = 0; i < pod.containers.size(); ++i) {
      const plan::Container* spec = specOf(pod, i);
      if (spec == nullptr || !hasFailed(*spec, *pod.containers[i])) continue;
      const std::string& id = pod.containers[i]->id;
      const base::Status stopped = docker::stopContainer(client, id, std::nullopt, stop);
      if (!stopped && stopped.error().errnum != ENOENT) return stopped;
      const base::Status started = docker::startContainer(client, id, stop);
      if (!started && started.error().errnum != ENOENT) return started;
    }
  }
  return {};
}

std::optional<std::chrono::milliseconds> timeUntil(std::optional<double> when) {
  if (!when) return std::nullopt;
  const double seconds = std::max(0.0, *when - base::SystemClock().wall());
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000) + 1);
}

/// Whether the engine tells of failing probes by an event: only when a container's health changes.
/// Until then the count of failures is looked at as often as probes are asked.
std::optional<double> nextLook(const ClusterState& cluster, const Left& left) {
  std::optional<double> when = left.retryAt;
  for (const PodState& pod : cluster.pods) {
    for (size_t i = 0; i < pod.containers.size(); ++i) {
      const plan::Container* spec = specOf(pod, i);
      if (spec == nullptr || pod.containers[i]->healthFailures == 0) continue;
      const double soon = base::SystemClock().wall() + 1;
      when = std::min(when.value_or(soon), soon);
    }
  }
  return when;
}

}  // namespace

base::Status monitorWorkload(const WorkloadContext& context, const ClusterRef& ref,
                             const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto first, takeSnapshot(context.client, ref, stop));
  if (!first) return {};
  const std::string uid = first->record.uid;
  MC_TRY_ASSIGN(const auto being, takeRole(Role::Monitor, uid));
  if (!being) return {};
  bool removing = false;
  std::optional<double> lookAt;
  const auto step = [&](const std::stop_token& token) -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto cluster, takeSnapshot(context.client, ref, token));
    if (!cluster || cluster->record.uid != uid || !cluster->hasRecord) return true;
    removing = cluster->record.removing;
    if (removing) return true;
    MC_TRY(restartDead(context.client, *cluster, token));
    const auto left = advance(context, ref, token);
    if (!left && left.error().errnum == ENOENT) return true;
    if (!left && left.error().errnum == EBUSY) return false;
    if (!left) return base::pass(left.error());
    lookAt = nextLook(*cluster, *left);
    return !left->waiting && !left->watched;
  };
  bool done = false;
  while (!done) {
    MC_TRY_ASSIGN(done, step(stop));
    if (done) break;
    const auto until = lookAt;
    const base::Status status = untilTrue(
        context.client, ref.ns,
        [&](const std::stop_token& token) -> base::Result<bool> {
          MC_TRY_ASSIGN(done, step(token));
          return done || lookAt != until;
        },
        timeUntil(until), stop);
    if (!status && status.error().errnum != ETIMEDOUT) return status;
  }
  if (!removing || isRoleTaken(Role::Remover, uid)) return {};
  base::Status removed = removeCluster(context.client, ref, {}, context.progress, stop, uid);
  return !removed && removed.error().errnum == ENOENT ? base::Status() : std::move(removed);
}

}  // namespace mc::local
