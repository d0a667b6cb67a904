// The verbs of RemoteEngine that make, change and end MiniClusters.

#include <algorithm>

#include "engine/errors.hpp"
#include "remote/explain.hpp"
#include "remote/following.hpp"
#include "remote/job_follower.hpp"
#include "remote/manifest_object.hpp"
#include "remote/names.hpp"
#include "remote/remote_engine.hpp"

namespace mc::remote {

namespace {

using engine::Applied;
using engine::ClusterRef;

/// How often an update is tried against somebody who changes the same object.
constexpr int kUpdates = 5;

bool sameMetadata(const kube::Object& one, const kube::Object& other) {
  for (const char* key : {"labels", "annotations"}) {
    const auto* mine = kube::findObject(one, {"metadata", key});
    const auto* theirs = kube::findObject(other, {"metadata", key});
    if ((mine == nullptr) != (theirs == nullptr)) return false;
    if (mine != nullptr && *mine != *theirs) return false;
  }
  return true;
}

kube::ObjectKey keyOf(const plan::Plan& plan) {
  return {plan.ns, plan.name};
}

}  // namespace

base::Status RemoteEngine::create(const api::Document& document, const plan::Plan& /*plan*/,
                                  engine::Progress& /*progress*/, std::stop_token stop) {
  MC_TRY(explained(
      client_.create(resourceOf(document), newObject(document), {}, {.stop = std::move(stop)})));
  return {};
}

/// Creates or updates; a change of somebody else in between is taken up.
base::Result<Applied> RemoteEngine::write(const api::Document& document, const plan::Plan& plan,
                                          bool dryRun, const std::stop_token& stop) {
  const kube::Resource resource = resourceOf(document);
  const kube::WriteOptions options{.dryRun = dryRun};
  for (int left = kUpdates;; --left) {
    const auto live = client_.get(resource, keyOf(plan), {}, {.stop = stop});
    if (!live && !live.error().is(kube::Reason::NotFound))
      return base::pass(explained(live.error()));
    if (!live) {
      MC_TRY(explained(client_.create(resource, newObject(document), options, {.stop = stop})));
      return Applied::Created;
    }
    const kube::Object changed = changedObject(document, *live);
    const auto after = client_.update(resource, changed, options, {.stop = stop});
    if (!after && after.error().is(kube::Reason::Conflict) && left > 1) continue;
    if (!after) return base::pass(explained(after.error()));
    // Not the resourceVersion: who wrote what, and when, is noted with every update.
    const bool same =
        kube::generationOf(*after) == kube::generationOf(*live) && sameMetadata(changed, *live);
    return same ? Applied::Unchanged : Applied::Configured;
  }
}

base::Result<Applied> RemoteEngine::apply(const api::Document& document, const plan::Plan& plan,
                                          engine::Progress& /*progress*/, std::stop_token stop) {
  return write(document, plan, false, stop);
}

base::Result<Applied> RemoteEngine::dryRun(engine::Change change, const api::Document& document,
                                           const plan::Plan& plan, std::stop_token stop) {
  if (change == engine::Change::Apply) return write(document, plan, true, stop);
  MC_TRY(explained(client_.create(resourceOf(document), newObject(document), {.dryRun = true},
                                  {.stop = std::move(stop)})));
  return Applied::Created;
}

base::Result<bool> RemoteEngine::createNamespace(const std::string& name, std::stop_token stop) {
  const kube::Object object{
      {"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
  MC_TRY(explained(client_.create(kube::kNamespaces, object, {}, {.stop = std::move(stop)})));
  return true;
}

base::Status RemoteEngine::untilGone(const kube::ObjectKey& key, const std::string& uid,
                                     const std::stop_token& stop) {
  Following following(
      client_, *access_.timer,
      {{kMiniClusters, {.ns = key.ns, .fieldSelector = "metadata.name=" + key.name}}});
  const auto gone = [&]() -> base::Result<bool> {
    const auto all = following.objects();
    return std::none_of(all.begin(), all.end(),
                        [&](const auto& object) { return kube::uidOf(*object) == uid; });
  };
  return following.until(gone, {}, stop);
}

/// Gives programs `grace` seconds instead of what their pods allow.
base::Status RemoteEngine::endPods(const ClusterRef& ref, std::chrono::seconds grace,
                                   const std::stop_token& stop) {
  MC_TRY_ASSIGN(
      const auto pods,
      list(kube::kPods,
           {.ns = ref.ns, .labelSelector = std::string(kClusterLabel) + "=" + ref.name}, stop));
  for (const auto& pod : pods) {
    const auto ended =
        client_.remove(kube::kPods, kube::keyOf(pod),
                       {.uid = std::string(kube::uidOf(pod)), .gracePeriodSeconds = grace.count()},
                       {.stop = stop});
    if (!ended && !ended.error().is(kube::Reason::NotFound))
      return base::pass(explained(ended.error()));
  }
  return {};
}

base::Status RemoteEngine::remove(const ClusterRef& ref, const engine::RemoveOptions& options,
                                  engine::Progress& /*progress*/, std::stop_token stop) {
  const kube::ObjectKey key{ref.ns, ref.name};
  MC_TRY_ASSIGN(const kube::Object live,
                explained(client_.get(kMiniClusters, key, {.metadataOnly = true}, {.stop = stop})));
  const std::string uid(kube::uidOf(live));
  // Foreground: it is gone when all that belongs to it is.
  const auto how = options.wait ? kube::Propagation::Foreground : kube::Propagation::Background;
  const auto removed =
      client_.remove(kMiniClusters, key, {.propagation = how, .uid = uid}, {.stop = stop});
  // A Conflict: it has gone already, and another one has its name.
  const bool gone = !removed && (removed.error().is(kube::Reason::NotFound) ||
                                 removed.error().is(kube::Reason::Conflict));
  if (!removed && !gone) return base::pass(explained(removed.error()));
  if (options.grace) MC_TRY(endPods(ref, *options.grace, stop));
  return options.wait && !gone ? untilGone(key, uid, stop) : base::Status();
}

/// Creates the cluster, unless it is there and comes from the same manifest: then an update would
/// change nothing.
base::Status RemoteEngine::makeUnlessThere(const api::Document& document, const plan::Plan& plan,
                                           const std::stop_token& stop) {
  const kube::Resource resource = resourceOf(document);
  for (int left = kUpdates; left > 0; --left) {
    const auto made = client_.create(resource, newObject(document), {}, {.stop = stop});
    if (made) return {};
    if (!made.error().is(kube::Reason::AlreadyExists)) return base::pass(explained(made.error()));
    const auto live = client_.get(resource, keyOf(plan), {}, {.stop = stop});
    if (!live && live.error().is(kube::Reason::NotFound)) continue;
    if (!live) return base::pass(explained(live.error()));
    if (kube::isDeleting(*live)) {
      MC_TRY(untilGone(keyOf(plan), std::string(kube::uidOf(*live)), stop));
      continue;
    }
    const auto after =
        client_.update(resource, changedObject(document, *live), {.dryRun = true}, {.stop = stop});
    if (!after && after.error().is(kube::Reason::Conflict)) continue;
    if (after && kube::generationOf(*after) == kube::generationOf(*live)) return {};
    break;
  }
  return base::pass(engine::alreadyExists({plan.ns, plan.name}));
}

base::Result<int> RemoteEngine::run(const api::Document& document, const plan::Plan& plan,
                                    engine::Progress& progress, const engine::OutputSink& sink,
                                    std::stop_token stop) {
  MC_TRY(makeUnlessThere(document, plan, stop));
  return follow({plan.ns, plan.name}, progress, sink, stop);
}

base::Result<int> RemoteEngine::follow(const ClusterRef& ref, engine::Progress& progress,
                                       const engine::OutputSink& sink, std::stop_token stop) {
  JobFollower follower(client_, *access_.timer, *access_.streams, ref, progress, sink);
  return follower.run(stop);
}

}  // namespace mc::remote
