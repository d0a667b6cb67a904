#include "local/take_down.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/rfc3339.hpp"
#include "local/changes.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/json.hpp"
#include "local/docker/volumes.hpp"
#include "local/labels.hpp"
#include "local/names.hpp"
#include "local/network.hpp"
#include "local/owner.hpp"
#include "local/parallel.hpp"
#include "local/pod_volumes.hpp"
#include "local/role.hpp"
#include "local/session.hpp"
#include "local/status.hpp"
#include "local/store.hpp"

namespace mc::local {

namespace {

using Containers = std::vector<const ContainerFacts*>;

/// How long followers have to end by themselves once the lead has.
constexpr std::chrono::seconds kFollowersEnd{5};
/// A lead that a signal has ended (128 + signal) took leave of nobody.
constexpr int kFirstSignalStatus = 128;
/// How often what others add in the meantime is removed as well.
constexpr int kRounds = 5;

bool alive(const ContainerFacts& facts) {
  return facts.running() || facts.status == "restarting";
}

bool isPause(const ContainerFacts& facts) {
  return facts.part == label::kPartPause;
}

/// The name of a pod's Flux container is that of the cluster.
bool isFlux(const ContainerFacts& facts) {
  return facts.part == label::kPartContainer && facts.container == facts.cluster.name;
}

Containers select(const ClusterState& cluster, bool (*wanted)(const ContainerFacts&)) {
  Containers chosen;
  for (const ContainerFacts& facts : cluster.all) {
    if (alive(facts) && wanted(facts)) chosen.push_back(&facts);
  }
  return chosen;
}

const plan::Container* specOf(const ClusterState& cluster, const ContainerFacts& facts) {
  for (const PodState& pod : cluster.pods) {
    if (pod.name != facts.pod) continue;
    for (const plan::Container& container : pod.spec.containers) {
      if (container.name == facts.container) return &container;
    }
  }
  return nullptr;
}

using Grace = std::optional<std::chrono::seconds>;

class TakeDown {
 public:
  TakeDown(docker::Client& client, SerialProgress& progress, const std::stop_token& stop)
      : client_(client), progress_(progress), stop_(stop) {}

  /// Flux first, so that what it uses lasts until it has ended.
  base::Status stopAll(const ClusterState& cluster, Grace grace) {
    const Containers flux = select(cluster, isFlux);
    const Containers others =
        select(cluster, [](const ContainerFacts& f) { return !isFlux(f) && !isPause(f); });
    const Containers pauses = select(cluster, isPause);
    progress_.begin("stop", static_cast<int>(flux.size() + others.size() + pauses.size()));
    for (const Containers* group : {&flux, &others, &pauses}) {
      MC_TRY(forEachParallel(group->size(),
                             [&](size_t i) { return stopOne(cluster, *(*group)[i], grace); }));
    }
    return {};
  }

  base::Status removeContainers(const ClusterState& cluster) {
    Containers lead;
    Containers others;
    for (const ContainerFacts& facts : cluster.all) {
      (facts.lead ? lead : others).push_back(&facts);
    }
    progress_.begin("remove", static_cast<int>(cluster.all.size()));
    Containers joined;
    MC_TRY(removeGroup(others, &joined));
    MC_TRY(removeGroup(lead, nullptr));
    return removeGroup(joined, nullptr);
  }

  base::Status removeVolumes(const Record& record) {
    // Of emptyDirs, and of files that pods have from ConfigMaps and Secrets.
    MC_TRY(removeVolumes(record, label::kPartVolume));
    MC_TRY(removeVolumes(record, label::kPartWaiting));
    return removeVolumes(record, label::kPartRevision);
  }

 private:
  base::Status removeVolumes(const Record& record, const char* part) {
    std::vector<std::string> selector = selectorOf(record.ref);
    selector.push_back(std::string(label::kPart) + "=" + part);
    selector.push_back(std::string(label::kUid) + "=" + record.uid);
    MC_TRY_ASSIGN(const auto volumes, docker::listVolumes(client_, selector, stop_));
    return forEachParallel(volumes.size(), [&](size_t i) -> base::Status {
      if (!volumes[i].is_object()) return {};
      return docker::removeVolume(client_, docker::textOf(volumes[i].get_object(), "Name"), stop_);
    });
  }

  /// Podman, other than Docker, removes no container whose network others have joined: such ones
  /// are collected in `joined` to be removed after these.
  base::Status removeGroup(const Containers& group, Containers* joined) {
    std::mutex mutex;
    return forEachParallel(group.size(), [&](size_t i) -> base::Status {
      base::Status removed = removeOne(*group[i]);
      const bool isJoined =
          !removed && removed.error().message.find("dependent containers") != std::string::npos;
      if (joined == nullptr || !isJoined) return removed;
      const std::lock_guard lock(mutex);
      joined->push_back(group[i]);
      return {};
    });
  }

  base::Status removeOne(const ContainerFacts& facts) {
    base::Status removed = docker::removeContainer(client_, facts.id, stop_);
    if (removed) progress_.advance();
    return removed;
  }

  base::Status stopOne(const ClusterState& cluster, const ContainerFacts& facts, Grace grace) {
    if (grace && grace->count() == 0) {
      MC_TRY(stopped(docker::killContainer(client_, facts.id, "KILL", stop_)));
    } else {
      MC_TRY(preStop(cluster, facts, grace));
      MC_TRY(stopped(docker::stopContainer(client_, facts.id, grace, stop_)));
    }
    progress_.advance();
    return {};
  }

  /// What is gone or has ended since it was listed counts as stopped.
  static base::Status stopped(base::Status status) {
    const bool over =
        !status && (status.error().errnum == ENOENT || status.error().errnum == EEXIST);
    return over ? base::Status() : std::move(status);
  }

  /// As by the kubelet, a hook that fails or takes too long keeps nothing from ending.
  base::Status preStop(const ClusterState& cluster, const ContainerFacts& facts, Grace grace) {
    const plan::Container* spec = specOf(cluster, facts);
    if (spec == nullptr || (spec->preStopExec.empty() && spec->preStop.empty())) return {};
    const base::Deadline deadline(grace.value_or(std::chrono::seconds(cluster.record.graceSeconds)),
                                  stop_);
    if (spec->preStop.empty()) {
      (void)runHook(client_, facts.id, spec->preStopExec, deadline.token());
    } else {
      (void)runCommand(client_, facts.id, spec->preStop, deadline.token());
    }
    if (stop_.stop_requested()) return base::fail(ECANCELED, "interrupted");
    return {};
  }

  docker::Client& client_;
  SerialProgress& progress_;
  const std::stop_token& stop_;
};

/// Followers leave when their lead does; only those that don't are told to.
base::Status awaitFollowers(docker::Client& client, const ClusterRef& ref,
                            const std::stop_token& stop) {
  const auto noneLeft = [&](const std::stop_token& token) -> base::Result<bool> {
    MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client, ref, token));
    return !cluster || select(*cluster, isFlux).empty();
  };
  base::Status status = untilTrue(client, ref.ns, noneLeft, kFollowersEnd, stop);
  return !status && status.error().errnum == ETIMEDOUT ? base::Status() : std::move(status);
}

/// Removes a volume that is known by its name, unless a new cluster has taken the name since.
base::Status removeOwnVolume(docker::Client& client, const std::string& name,
                             const std::string& clusterUid, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto volume, docker::inspectVolume(client, name, stop));
  if (!volume) return {};
  const std::string owner = docker::textOf(docker::objectOf(*volume, "Labels"), label::kUid);
  if (!owner.empty() && owner != clusterUid) return {};
  return docker::removeVolume(client, name, stop);
}

enum class Round { Gone, Again };

/// The removal of one cluster, in rounds until nothing of it is found.
class Removal {
 public:
  Removal(docker::Client& client, ClusterRef ref, std::string uid, Grace grace,
          SerialProgress& progress, const std::stop_token& stop)
      : client_(client),
        ref_(std::move(ref)),
        grace_(grace),
        progress_(progress),
        stop_(stop),
        uid_(std::move(uid)) {}

  base::Result<Round> round() {
    MC_TRY_ASSIGN(const auto cluster, takeSnapshot(client_, ref_, stop_));
    if (!cluster || (!uid_.empty() && cluster->record.uid != uid_)) return Round::Gone;
    uid_ = cluster->record.uid;
    // Told to monitors before they see the mark. Who else removes the same cluster does no harm.
    if (!role_) {
      MC_TRY_ASSIGN(role_, takeRole(Role::Remover, uid_));
    }
    if (cluster->removalAt == 0) MC_TRY(markRemoval(client_, cluster->record, stop_));
    TakeDown work(client_, progress_, stop_);
    MC_TRY(work.stopAll(*cluster, grace_));
    MC_TRY(work.removeContainers(*cluster));
    MC_TRY(work.removeVolumes(cluster->record));
    if (!isMiniCluster(ref_)) MC_TRY(removeContentHelpers(client_, ref_, stop_));
    const base::Status record = removeOwnVolume(client_, recordVolume(ref_), uid_, stop_);
    // A command that was making the cluster has added a container: once more.
    if (!record && record.error().errnum == EEXIST) return Round::Again;
    MC_TRY(record);
    MC_TRY(removeUnusedNetwork(client_, ref_.ns, stop_));
    MC_TRY(removeOwnVolume(client_, removalVolume(ref_), uid_, stop_));
    return Round::Again;
  }

 private:
  docker::Client& client_;
  ClusterRef ref_;
  Grace grace_;
  SerialProgress& progress_;
  const std::stop_token& stop_;
  std::string uid_;  ///< given, or that of the cluster found first
  std::optional<base::Fd> role_;
};

}  // namespace

base::Status finishCluster(docker::Client& client, const ClusterRef& ref, SerialProgress& progress,
                           const std::stop_token& stop) {
  MC_TRY_ASSIGN(auto cluster, takeSnapshot(client, ref, stop));
  if (!cluster || !leftRunning(*cluster)) return {};
  const bool tookLeave = cluster->lead()->exitCode < kFirstSignalStatus;
  if (tookLeave && !select(*cluster, isFlux).empty()) {
    MC_TRY(awaitFollowers(client, ref, stop));
    MC_TRY_ASSIGN(cluster, takeSnapshot(client, ref, stop));
    if (!cluster) return {};
  }
  return TakeDown(client, progress, stop).stopAll(*cluster, std::nullopt);
}

base::Status removeSurplus(docker::Client& client, const ClusterState& cluster,
                           SerialProgress& progress, const std::stop_token& stop) {
  const auto isMeant = [&](const std::string& name) {
    return std::any_of(cluster.pods.begin(), cluster.pods.end(), [&](const PodState& pod) {
      return pod.name == name && isSurplus(cluster, pod);
    });
  };
  return removePods(client, cluster, isMeant, progress, stop);
}

namespace {

/// `mounted`: those of pods whose pause container mounts them, too, to fill them.
base::Status removePodVolumes(docker::Client& client, const ClusterState& pods, bool mounted,
                              const std::stop_token& stop) {
  for (const PodState& pod : pods.pods) {
    if (needsFilling(pod.spec) != mounted) continue;
    for (const plan::PodVolume& volume : pod.spec.volumes) {
      if (!isPodOwned(volume)) continue;
      const std::string name = podVolumeName(pods.record.ref.ns, pod.name, volume.name);
      MC_TRY(docker::removeVolume(client, name, stop));
    }
  }
  return {};
}

}  // namespace

base::Status removePods(docker::Client& client, const ClusterState& cluster,
                        const std::function<bool(const std::string&)>& meant,
                        SerialProgress& progress, const std::stop_token& stop) {
  ClusterState surplus = cluster;
  std::erase_if(surplus.pods, [&](const PodState& pod) { return !meant(pod.name); });
  std::erase_if(surplus.all, [&](const ContainerFacts& facts) {
    return facts.pod.empty() || !meant(facts.pod);
  });
  std::erase_if(surplus.marks, [&](const WaitMark& mark) { return !meant(mark.pod); });
  if (surplus.pods.empty() && surplus.all.empty() && surplus.marks.empty()) return {};
  TakeDown work(client, progress, stop);
  MC_TRY(work.stopAll(surplus, std::nullopt));
  // The pauses last: by them the pods are found again, should this be cut short.
  ClusterState pauses = surplus;
  std::erase_if(pauses.all, [](const ContainerFacts& facts) { return !isPause(facts); });
  std::erase_if(surplus.all, isPause);
  MC_TRY(work.removeContainers(surplus));
  MC_TRY(removePodVolumes(client, surplus, false, stop));
  for (const WaitMark& mark : surplus.marks)
    MC_TRY(clearMark(client, cluster.record, mark.pod, mark.container, stop));
  MC_TRY(work.removeContainers(pauses));
  return removePodVolumes(client, surplus, true, stop);
}

base::Status markRemoval(docker::Client& client, const Record& record,
                         const std::stop_token& stop) {
  Labels labels = memberLabels(record, label::kPartRemoval);
  labels[label::kCreated] = base::formatTime(base::SystemClock().wall());
  MC_TRY(docker::createVolume(client, removalVolume(record.ref), labels, {}, stop));
  return {};
}

base::Status removeCluster(docker::Client& client, const ClusterRef& ref,
                           const RemoveOptions& options, SerialProgress& progress,
                           const std::stop_token& stop, const std::string& uid) {
  Removal removal(client, ref, uid, options.grace, progress, stop);
  for (int i = 0; i < kRounds; ++i) {
    MC_TRY_ASSIGN(const Round round, removal.round());
    if (round == Round::Again) continue;
    if (i > 0) return {};
    return base::pass(notFound(ref));
  }
  return base::fail(EBUSY, "another command keeps making MiniCluster " + ref.name);
}

}  // namespace mc::local
