#include "local/workload.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "base/clock.hpp"
#include "core/read.hpp"
#include "local/container_spec.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/images.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"
#include "local/docker/volumes.hpp"
#include "local/images.hpp"
#include "local/labels.hpp"
#include "local/maker.hpp"
#include "local/names.hpp"
#include "local/network.hpp"
#include "local/owner.hpp"
#include "local/parallel.hpp"
#include "local/pod_volumes.hpp"
#include "local/resources.hpp"
#include "local/session.hpp"
#include "local/take_down.hpp"
#include "local/tools_image.hpp"
#include "local/variables.hpp"
#include "plan/workload.hpp"

namespace mc::local {

namespace json = boost::json;

namespace {

/// How far a container, or a pod, is.
enum class Step {
  Done,     ///< nothing more to do about it
  Waiting,  ///< goes on by itself, or can be tried again
};

class Advance {
 public:
  Advance(const WorkloadContext& context, const ClusterState& cluster, plan::Plan plan,
          ToolsImage tools, const std::stop_token& stop)
      : context_(context),
        client_(context.client),
        cluster_(cluster),
        plan_(std::move(plan)),
        tools_(std::move(tools)),
        stop_(stop),
        maker_(context.client, plan_.ns, cluster.record.uid, stop) {}

  base::Result<Left> run(bool recreate) {
    if (recreate) MC_TRY(removeFormer());
    MC_TRY(ensureNetwork(client_, plan_.ns, stop_));
    MC_TRY_ASSIGN(podman_, docker::isPodman(client_, stop_));
    MC_TRY(countCpus());
    context_.progress.begin("start", containers());
    MC_TRY(
        forEachParallel(plan_.pods.size(), [this](size_t i) { return bringPod(plan_.pods[i]); }));
    if (!recreate) MC_TRY(removeFormer());
    return left_;
  }

 private:
  [[nodiscard]] int containers() const {
    size_t count = 0;
    for (const plan::Pod& pod : plan_.pods) count += pod.containers.size();
    return static_cast<int>(count);
  }

  base::Status countCpus() {
    for (const plan::Pod& pod : plan_.pods) {
      for (const plan::Container& container : pod.containers) {
        if (machineCpus_ > 0 || !needsMachineCpus(container.resources)) continue;
        MC_TRY_ASSIGN(const auto info, docker::engineInfo(client_, stop_));
        machineCpus_ = docker::numberOf(info, "NCPU");
      }
    }
    return {};
  }

  /// Pods of a former template, or beyond the number that is wanted now.
  base::Status removeFormer() {
    const auto wanted = [this](const std::string& name) {
      return std::any_of(plan_.pods.begin(), plan_.pods.end(),
                         [&](const plan::Pod& pod) { return pod.name == name; });
    };
    return removePods(
        client_, cluster_, [&](const std::string& pod) { return !wanted(pod); }, context_.progress,
        stop_);
  }

  [[nodiscard]] SpecContext specContext() const {
    return {cluster_.record, plan_,
            tools_.name,     networkName(plan_.ns),
            machineCpus_,    nearlyPrivileged_ ? PrivilegedMode::Nearly : PrivilegedMode::Full,
            podman_};
  }

  void note(Step step) {
    const std::lock_guard lock(mutex_);
    left_.waiting = left_.waiting || step == Step::Waiting;
  }

  // A pod

  base::Status bringPod(const plan::Pod& pod) {
    for (const plan::PodVolume& volume : pod.volumes) {
      if (isPodOwned(volume))
        MC_TRY(makePodVolume(client_, cluster_.record, pod.name, volume, stop_));
    }
    const auto any = [](const ContainerFacts&) { return true; };
    auto pause = maker_.ensure(pauseName(plan_.ns, pod.name), pauseSpec(specContext(), pod), any);
    if (!pause) return base::pass(pause.error().prefixed("pod " + pod.name));
    if (!pause->started) {
      MC_TRY_ASSIGN(const Step filled, fill(pod, pause->id));
      if (filled == Step::Waiting) return note(filled), base::Status();
      const base::Status started = maker_.start(pause->id);
      if (!started) return Maker::overtaken(started).prefixed("pod " + pod.name);
    }
    MC_TRY_ASSIGN(const Step step, bringContainers(pod, pause->id));
    note(step);
    return {};
  }

  base::Result<Step> fill(const plan::Pod& pod, const std::string& pauseId) {
    if (!needsFilling(pod)) return Step::Done;
    StoredData data(client_, plan_.ns, tools_.name, stop_);
    const base::Status filled = fillVolumes(client_, pauseId, pod, data, false, stop_);
    if (filled) {
      MC_TRY(clearMark(client_, cluster_.record, pod.name, "volumes", stop_));
      return Step::Done;
    }
    const bool missing = filled.error().message.find("MountVolume") != std::string::npos;
    if (filled.error().errnum != ENOENT || !missing)
      return base::pass(Maker::overtaken(filled).error());
    MC_TRY(mark(pod, "volumes", "ContainerCreating", filled.error().message));
    return Step::Waiting;
  }

  /// Init containers one after the other, then all others side by side.
  base::Result<Step> bringContainers(const plan::Pod& pod, const std::string& pauseId) {
    MC_TRY_ASSIGN(const PodFacts facts, factsOf(pod, pauseId));
    for (const plan::Container& container : pod.containers) {
      if (container.kind != plan::ContainerKind::Init) continue;
      MC_TRY_ASSIGN(const Step step, bringContainer(pod, container, pauseId, facts));
      if (step == Step::Waiting) return step;
      MC_TRY_ASSIGN(const Step over, initOver(pod, container));
      if (over == Step::Waiting) return over;
    }
    std::vector<const plan::Container*> others;
    for (const plan::Container& container : pod.containers)
      if (container.kind != plan::ContainerKind::Init) others.push_back(&container);
    std::atomic<bool> waiting = false;
    MC_TRY(forEachParallel(others.size(), [&](size_t i) -> base::Status {
      MC_TRY_ASSIGN(const Step step, bringContainer(pod, *others[i], pauseId, facts));
      if (step == Step::Waiting) waiting = true;
      return {};
    }));
    return waiting ? Step::Waiting : Step::Done;
  }

  base::Result<PodFacts> factsOf(const plan::Pod& pod, const std::string& pauseId) {
    PodFacts facts{
        plan_.ns, pod.name, derivedUid(cluster_.record.uid + "/" + pod.name), context_.node, {}};
    const bool address = std::any_of(pod.containers.begin(), pod.containers.end(), needsAddress);
    if (!address) return facts;
    MC_TRY_ASSIGN(const auto inspected, docker::inspectContainer(client_, pauseId, stop_));
    facts.ip = readFacts(inspected).ip;
    return facts;
  }

  /// Whether the next one may begin.
  base::Result<Step> initOver(const plan::Pod& pod, const plan::Container& container) {
    const std::string name = containerName(plan_.ns, pod.name, container.name);
    MC_TRY_ASSIGN(const auto inspected, docker::inspectContainer(client_, name, stop_));
    const ContainerFacts facts = readFacts(inspected);
    if (container.goesOn) {
      const bool ready = !container.probes.startup || facts.health == "healthy";
      return ready && facts.running() ? Step::Done : Step::Waiting;
    }
    return facts.ended() && facts.exitCode == 0 ? Step::Done : Step::Waiting;
  }

  // A container

  base::Result<Step> bringContainer(const plan::Pod& pod, const plan::Container& container,
                                    const std::string& pauseId, const PodFacts& facts) {
    const std::string name = containerName(plan_.ns, pod.name, container.name);
    watch(container);
    const auto there = docker::inspectContainer(client_, name, stop_);
    if (there && readFacts(*there).started()) return Step::Done;
    if (!there && there.error().errnum != ENOENT) return base::pass(there.error());
    MC_TRY_ASSIGN(const auto image, imageOf(pod, container));
    if (!image) return Step::Waiting;
    MC_TRY_ASSIGN(const auto ready, environmentOf(pod, container, facts));
    if (!ready) return Step::Waiting;
    MC_TRY_ASSIGN(const Made made, make(pod, *ready, pauseId, image->user, name));
    MC_TRY(clearMark(client_, cluster_.record, pod.name, container.name, stop_));
    if (!made.started) MC_TRY(startContainer(pod, *ready, pauseId, image->user, made.id));
    context_.progress.advance();
    return Step::Done;
  }

  void watch(const plan::Container& container) {
    const std::lock_guard lock(mutex_);
    left_.watched = left_.watched || container.probes.liveness || container.probes.startup;
  }

  base::Result<Made> make(const plan::Pod& pod, const plan::Container& container,
                          const std::string& pauseId, const std::string& imageUser,
                          const std::string& name) {
    SpecContext context = specContext();
    MC_TRY_ASSIGN(context.mountpoints, mountpoints(pod, container));
    MC_TRY_ASSIGN(const json::object spec,
                  containerSpec(context, pod, container, pauseId, imageUser));
    const auto reuse = [&](const ContainerFacts& facts) { return facts.joined == pauseId; };
    auto made = maker_.ensure(name, spec, reuse);
    if (!made) return base::pass(atContainer(pod, container, made.error()));
    return made;
  }

  /// Of the volumes that the container sees a part of.
  base::Result<std::map<std::string, std::string>> mountpoints(const plan::Pod& pod,
                                                               const plan::Container& container) {
    std::map<std::string, std::string> places;
    for (const plan::Mount& mount : container.mounts) {
      if (mount.subPath.empty()) continue;
      for (const plan::PodVolume& volume : pod.volumes) {
        if (volume.name != mount.volume || volume.source.kind == api::VolumeKind::HostPath)
          continue;
        const std::string name = isPodOwned(volume) ? podVolumeName(plan_.ns, pod.name, volume.name)
                                                    : volume.source.source;
        MC_TRY_ASSIGN(const auto found, docker::inspectVolume(client_, name, stop_));
        if (found) places[name] = docker::textOf(*found, "Mountpoint");
      }
    }
    return places;
  }

  base::Status startContainer(const plan::Pod& pod, const plan::Container& container,
                              const std::string& pauseId, const std::string& imageUser,
                              std::string id) {
    base::Status started = maker_.start(id);
    const bool refused = !started && container.security.privileged &&
                         started.error().message.find("apply caps") != std::string::npos;
    if (refused) {
      nearlyPrivileged_ = true;
      MC_TRY(docker::removeContainer(client_, id, stop_));
      MC_TRY_ASSIGN(const Made made, make(pod, container, pauseId, imageUser,
                                          containerName(plan_.ns, pod.name, container.name)));
      id = made.id;
      started = maker_.start(id);
    }
    if (!started) {
      // The container keeps the reason; as on Kubernetes the object is there all the same.
      const base::Error error = Maker::overtaken(started).error();
      if (error.errnum == EBUSY || error.errnum == ECANCELED || error.errnum == ECONNREFUSED)
        return base::pass(error);
      context_.progress.note("warning: " + atContainer(pod, container, error).message);
      return {};
    }
    return postStart(pod, container, id);
  }

  base::Status postStart(const plan::Pod& pod, const plan::Container& container,
                         const std::string& id) {
    if (container.postStart.empty()) return {};
    const auto status = runCommand(client_, id, container.postStart, stop_);
    if (!status) return base::pass(atContainer(pod, container, status.error()));
    if (*status == 0) return {};
    context_.progress.note(
        "warning: " +
        atContainer(pod, container,
                    {EIO, "its postStart hook exited with status " + std::to_string(*status)})
            .message);
    return {};
  }

  base::Error atContainer(const plan::Pod& pod, const plan::Container& container,
                          const base::Error& error) const {
    return error.prefixed("pod " + pod.name + ", container " + container.name);
  }

  /// Nothing if it must be waited for.
  base::Result<std::optional<plan::Container>> environmentOf(const plan::Pod& pod,
                                                             const plan::Container& container,
                                                             const PodFacts& facts) {
    StoredData data(client_, plan_.ns, tools_.name, stop_);
    auto ready = withEnvironment(pod, container, facts, data);
    if (ready) return std::optional(std::move(*ready));
    if (ready.error().errnum != ENOENT) return base::pass(ready.error());
    MC_TRY(mark(pod, container.name, "CreateContainerConfigError", ready.error().message));
    return std::optional<plan::Container>();
  }

  /// Nothing if it can't be pulled: then it is tried again later, as the kubelet does.
  base::Result<std::optional<ImageInfo>> imageOf(const plan::Pod& pod,
                                                 const plan::Container& container) {
    const WaitMark* before = cluster_.markOf(pod.name, container.name);
    const double now = base::SystemClock().wall();
    if (before != nullptr && before->reason == "ErrImagePull" && before->retryAt() > now) {
      MC_TRY_ASSIGN(const auto found, docker::inspectImage(client_, container.image, stop_));
      if (!found) return laterImage(before->retryAt());
    }
    plan::Plan one;
    one.pods.emplace_back().containers = {container};
    auto images = ensureImages(client_, one, context_.options.dockerConfigDir, context_.runner,
                               context_.progress, stop_);
    if (images) return std::optional(images->begin()->second);
    const base::Error& error = images.error();
    if (error.errnum == ECANCELED || error.errnum == ECONNREFUSED) return base::pass(error);
    const bool never = container.pullPolicy == api::PullPolicy::Never;
    WaitMark mark{pod.name,
                  container.name,
                  never ? "ErrImageNeverPull" : "ErrImagePull",
                  error.message,
                  before == nullptr ? 1 : before->tries + 1,
                  now};
    if (before == nullptr)
      context_.progress.note("warning: " + atContainer(pod, container, error).message);
    MC_TRY(setMark(client_, cluster_.record, mark, stop_));
    return laterImage(mark.retryAt());
  }

  std::optional<ImageInfo> laterImage(double when) {
    const std::lock_guard lock(mutex_);
    left_.retryAt = std::min(left_.retryAt.value_or(when), when);
    return std::nullopt;
  }

  /// Says so once: to set the mark again would wake up whoever waits for changes.
  base::Status mark(const plan::Pod& pod, const std::string& container, const std::string& reason,
                    const std::string& message) {
    const WaitMark* before = cluster_.markOf(pod.name, container);
    if (before != nullptr && before->reason == reason && before->message == message) return {};
    return setMark(client_, cluster_.record, {pod.name, container, reason, message, 1, 0}, stop_);
  }

  const WorkloadContext& context_;
  docker::Client& client_;
  const ClusterState& cluster_;
  const plan::Plan plan_;
  const ToolsImage tools_;
  const std::stop_token& stop_;
  Maker maker_;
  bool podman_ = false;
  int64_t machineCpus_ = 0;
  std::atomic<bool> nearlyPrivileged_ = false;
  std::mutex mutex_;
  Left left_;
};

bool mounts(const plan::Pod& pod, core::Kind kind, const std::string& name) {
  const auto means = [&](const core::Files& files) {
    return kind == core::Kind::Secret ? files.secret == name : files.configMap == name;
  };
  return std::any_of(pod.volumes.begin(), pod.volumes.end(), [&](const plan::PodVolume& volume) {
    const bool own = volume.source.source == name && isPodOwned(volume);
    return own || std::any_of(volume.files.begin(), volume.files.end(), means);
  });
}

}  // namespace

base::Result<Left> advance(const WorkloadContext& context, const ClusterRef& ref,
                           const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto cluster, takeSnapshot(context.client, ref, stop));
  if (!cluster || !cluster->hasRecord || cluster->record.removing)
    return base::fail(ENOENT, ref.name + " is gone");
  MC_TRY_ASSIGN(const core::Object object, core::readObject(cluster->record.manifest));
  plan::Plan plan = plan::planWorkload(object);
  plan.ns = ref.ns;
  MC_TRY_ASSIGN(ToolsImage tools, ensureToolsImage(context.client, context.options.binDir, stop));
  const bool recreate = object.deployment.strategy == "Recreate";
  return Advance(context, *cluster, std::move(plan), std::move(tools), stop).run(recreate);
}

base::Status refreshFiles(const WorkloadContext& context, const std::string& ns, core::Kind kind,
                          const std::string& name, const std::stop_token& stop) {
  MC_TRY_ASSIGN(const Snapshot snapshot, takeSnapshot(context.client, ns, stop));
  MC_TRY_ASSIGN(const ToolsImage tools,
                ensureToolsImage(context.client, context.options.binDir, stop));
  StoredData data(context.client, ns, tools.name, stop);
  for (const ClusterState& cluster : snapshot.clusters) {
    for (const PodState& pod : cluster.pods) {
      if (!pod.pause.running() || !mounts(pod.spec, kind, name)) continue;
      const base::Status filled =
          fillVolumes(context.client, pod.pause.id, pod.spec, data, true, stop);
      // Another object that the pod mounts may be gone; what it has stays as it is.
      if (!filled && filled.error().errnum != ENOENT) return filled;
    }
  }
  return {};
}

}  // namespace mc::local
