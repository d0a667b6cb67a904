#include "remote/job_follower.hpp"

#include <algorithm>
#include <utility>

#include "engine/errors.hpp"
#include "kube/backoff.hpp"
#include "remote/names.hpp"
#include "remote/views.hpp"

namespace mc::remote {

namespace {

using engine::ContainerState;
using engine::PodView;

constexpr size_t kClusters = 0;
constexpr size_t kPodsOfIt = 1;

std::vector<Followed> followedOf(const engine::ClusterRef& ref) {
  return {
      {kMiniClusters, {.ns = ref.ns, .fieldSelector = "metadata.name=" + ref.name}},
      {kube::kPods, {.ns = ref.ns, .labelSelector = std::string(kClusterLabel) + "=" + ref.name}}};
}

const engine::ContainerView* fluxContainer(const PodView& pod) {
  return pod.containers.empty() ? nullptr : &pod.containers.front();
}

bool hasStarted(const PodView& pod) {
  const auto* flux = fluxContainer(pod);
  return flux != nullptr && flux->state != ContainerState::Waiting;
}

bool hasEnded(const PodView& pod) {
  const auto* flux = fluxContainer(pod);
  return flux != nullptr && flux->state == ContainerState::Terminated;
}

/// Waiting for nothing in particular.
bool isOrdinary(const std::string& reason) {
  return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

/// Takes up a log that broke off: leaves out what was delivered already.
class Resumed {
 public:
  explicit Resumed(const engine::OutputSink& sink) : sink_(sink) {}
  void again() { skip_ = passed_; }
  base::Status take(std::string_view piece) {
    const size_t known = std::min(skip_, piece.size());
    skip_ -= known;
    piece.remove_prefix(known);
    passed_ += piece.size();
    return piece.empty() ? base::Status() : sink_(engine::Stream::Out, piece);
  }

 private:
  const engine::OutputSink& sink_;
  size_t passed_ = 0;
  size_t skip_ = 0;
};

}  // namespace

JobFollower::JobFollower(kube::Client& client, kube::Timer& timer, Streams& streams,
                         engine::ClusterRef ref, engine::Progress& progress,
                         const engine::OutputSink& sink)
    : timer_(timer),
      streams_(streams),
      ref_(std::move(ref)),
      progress_(progress),
      sink_(sink),
      following_(client, timer, followedOf(ref_)) {}

const PodView* JobFollower::Scene::pod(const std::string& uid) const {
  const auto at =
      std::find_if(pods.begin(), pods.end(), [&](const auto& p) { return p.uid == uid; });
  return at == pods.end() ? nullptr : &*at;
}

JobFollower::Scene JobFollower::look() const {
  Scene scene;
  for (const auto& object : following_.objects(kClusters)) scene.cluster = clusterView(*object);
  for (const auto& object : following_.objects(kPodsOfIt)) scene.pods.push_back(podView(*object));
  return scene;
}

/// The lead whose output comes next: the newest that has started.
const PodView* JobFollower::startedLead(const Scene& scene) const {
  const PodView* found = nullptr;
  for (const auto& pod : scene.pods) {
    const bool next =
        pod.role == plan::Role::Lead && hasStarted(pod) && !delivered_.contains(pod.name);
    if (next && (found == nullptr || pod.createdAt > found->createdAt)) found = &pod;
  }
  return found;
}

/// The lead that the status names, if its output has not come: pods are watched apart from their
/// cluster, whose end may be seen first.
std::optional<PodView> JobFollower::unseenLead(const Scene& scene) const {
  if (!scene.cluster || scene.cluster->leadPod.empty() ||
      delivered_.contains(scene.cluster->leadPod))
    return std::nullopt;
  engine::ContainerView container;
  container.name = ref_.name;
  PodView lead;
  lead.ns = ref_.ns;
  lead.name = lead.uid = scene.cluster->leadPod;
  lead.containers.push_back(std::move(container));
  return lead;
}

void JobFollower::note(const PodView& pod, const std::string& reason, const std::string& message) {
  if (!noted_.insert(pod.uid + reason).second) return;
  progress_.note("pod " + pod.name + ": " + reason + (message.empty() ? "" : ": " + message));
}

/// Says how far the pods are, and what keeps one from starting.
void JobFollower::tell(const Scene& scene) {
  if (begun_ || !scene.cluster) return;
  const int ready = scene.cluster->readyPods;
  if (std::exchange(ready_, ready) != ready)
    progress_.step("start pods", std::min(ready, scene.cluster->size), scene.cluster->size);
  for (const auto& pod : scene.pods) {
    for (const auto& condition : pod.conditions)
      if (condition.type == "PodScheduled" && !condition.status)
        note(pod, condition.reason, condition.message);
    for (const auto& container : pod.containers)
      if (container.state == ContainerState::Waiting && !isOrdinary(container.reason))
        note(pod, container.reason, container.message);
  }
}

base::Result<bool> JobFollower::isOver(const Scene& scene) {
  if (scene.cluster && !scene.cluster->finished) return false;
  if (scene.cluster && scene.cluster->exitCode != 0) exitCode_ = scene.cluster->exitCode;
  // One that is deleted as soon as it has finished (spec.cleanup) may have gone before it was seen
  // so: then the lead's own status counts.
  if (!scene.cluster && delivered_.empty())
    return base::pass(engine::notFound(engine::kClusterResource, ref_.name));
  if (scene.cluster && scene.cluster->phase == engine::Phase::Failed && exitCode_ == 0)
    exitCode_ = 1;
  if (scene.cluster && scene.cluster->phase == engine::Phase::Succeeded) exitCode_ = 0;
  return true;
}

/// Waits for a lead that has something to say; none: the job is over.
base::Result<std::optional<PodView>> JobFollower::nextLead(const std::stop_token& stop) {
  std::optional<PodView> lead;
  const auto met = [&]() -> base::Result<bool> {
    const Scene scene = look();
    tell(scene);
    if (const PodView* started = startedLead(scene)) {
      lead = *started;
      return true;
    }
    MC_TRY_ASSIGN(const bool over, isOver(scene));
    if (over) lead = unseenLead(scene);
    return over;
  };
  MC_TRY(following_.until(met, {}, stop));
  return lead;
}

/// The lead's output to its end; a broken connection is taken up again.
base::Status JobFollower::deliver(const PodView& lead, const std::stop_token& stop) {
  const Place place{{lead.ns, lead.name}, lead.containers.front().name};
  Resumed output(sink_);
  kube::Backoff backoff(kube::BackoffOptions{});
  for (;;) {
    bool refused = false;
    const LogSink sink = [&](std::string_view piece) {
      backoff.reset();
      base::Status taken = output.take(piece);
      refused = !taken;
      return taken;
    };
    const base::Status through = streams_.logs(place, {.follow = true}, sink, stop);
    if (through) return {};
    const base::Error& error = through.error();
    // Gone with its pod: there is no more of it.
    if (error.errnum == ENOENT) return {};
    const bool broken = error.errnum == EHOSTUNREACH || error.errnum == ETIMEDOUT ||
                        error.errnum == EAGAIN || error.errnum == EPROTO;
    if (refused || !broken || stop.stop_requested()) return through;
    if (!timer_.sleep(backoff.next(), stop)) return base::fail(ECANCELED, "stopped");
    output.again();
  }
}

/// The log is at its end a little before the API server knows that the container has ended.
base::Status JobFollower::untilEnded(const std::string& uid, const std::stop_token& stop) {
  const auto met = [&]() -> base::Result<bool> {
    const Scene scene = look();
    const PodView* lead = scene.pod(uid);
    if (lead != nullptr && hasEnded(*lead)) exitCode_ = fluxContainer(*lead)->exitCode;
    return lead == nullptr || hasEnded(*lead) || (scene.cluster && scene.cluster->finished);
  };
  return following_.until(met, {}, stop);
}

base::Result<int> JobFollower::run(const std::stop_token& stop) {
  for (;;) {
    MC_TRY_ASSIGN(const auto lead, nextLead(stop));
    if (!lead) return exitCode_;
    begun_ = true;
    MC_TRY(deliver(*lead, stop));
    MC_TRY(untilEnded(lead->uid, stop));
    delivered_.insert(lead->name);
  }
}

}  // namespace mc::remote
