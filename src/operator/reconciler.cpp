#include "operator/reconciler.hpp"

#include <boost/json.hpp>

#include "operator/changes.hpp"
#include "operator/errors.hpp"
#include "operator/policies/cleanup.hpp"
#include "operator/policies/completion.hpp"
#include "operator/policies/suspend.hpp"
#include "operator/resources.hpp"

namespace mc::controller {

using kube::Object;

namespace {

bool isSettled(const boost::json::object& status) {
  const Object object{{"status", status}};
  return trueCondition(object, "Ready") != nullptr ||
         trueCondition(object, "Suspended") != nullptr || hasEnded(object);
}

}  // namespace

Reconciler::Reconciler(kube::Client& client, const Caches& caches, kube::EventSink& events,
                       OperatorMetrics& metrics, const base::Clock& clock, ObjectOptions options)
    : caches_(caches),
      clock_(clock),
      memo_(std::move(options)),
      objects_(client, caches, ledger_, clock),
      status_(client, ledger_, events, metrics, clock) {}

std::vector<kube::ObjectKey> Reconciler::seen(const kube::Resource& resource,
                                              const kube::Change& change) {
  const bool own = settle(resource, change);
  const bool keptAsApplied = resource == kube::kConfigMaps || resource == kube::kServices;
  // A Job counts even if it is ours: its pods may have been seen before it.
  if (own && (keptAsApplied || resource == kMiniClusters)) return {};
  if (keptAsApplied) suspect(resource, change);
  if (!keptAsApplied && change.before && change.after &&
      isSameButVersion(*change.before, *change.after))
    return {};
  return concerned(change);
}

bool Reconciler::settle(const kube::Resource& resource, const kube::Change& change) {
  const Object& object = change.after ? *change.after : *change.before;
  const auto key = kube::keyOf(object);
  if (resource == kMiniClusters) {
    const bool own = isOwnStatus(change, ledger_.status(key));
    ledger_.statusSeen(key);
    return own;
  }
  bool own = isOwnWrite(change, ledger_.written(resource, key));
  ledger_.seen(resource, key);
  if (resource != kube::kServices) return own;
  // A shared Service has an entry for each of its owners.
  for (const auto& uid : ownerUids(object)) {
    const kube::ObjectKey entry{key.ns, key.name + "/" + uid};
    own = own || (change.after && !change.fromList && ledger_.written(resource, entry));
    ledger_.seen(resource, entry);
  }
  return own;
}

void Reconciler::suspect(const kube::Resource& resource, const kube::Change& change) {
  const auto key = kube::keyOf(change.after ? *change.after : *change.before);
  if (!change.after) {
    ledger_.trust(resource, key);
    return;
  }
  // An owner that comes is another MiniCluster's write.
  const bool changed = change.before ? !haveOwnersChanged(change)
                                     : change.fromList && isChangedByOthers(*change.after);
  if (changed) ledger_.doubt(resource, key);
}

void Reconciler::giveUp(const Object& cluster) {
  const std::lock_guard lock(mutex_);
  givenUp_[kube::keyOf(cluster)] = kube::uidOf(cluster);
}

bool Reconciler::isGivenUp(const Object& cluster) const {
  const std::lock_guard lock(mutex_);
  const auto found = givenUp_.find(kube::keyOf(cluster));
  return found != givenUp_.end() && found->second == kube::uidOf(cluster);
}

void Reconciler::forget(const kube::ObjectKey& key) {
  memo_.drop(key);
  status_.forget(key);
  ledger_.statusSeen(key);
}

kube::ObjectPtr Reconciler::current(const kube::ObjectKey& key) const {
  auto cached = caches_.clusters().get(key);
  auto newer = ledger_.status(key);
  if (!cached || !newer) return cached;
  auto object = std::make_shared<Object>(*cached);
  (*object)["status"] = std::move(*newer);
  return object;
}

kube::Result<Again> Reconciler::reconcile(const kube::ObjectKey& key, const std::stop_token& stop) {
  const auto cluster = current(key);
  if (!cluster) {
    const std::lock_guard lock(mutex_);
    givenUp_.erase(key);
  }
  if (!cluster || kube::isDeleting(*cluster) || isGivenUp(*cluster)) {
    forget(key);
    return std::nullopt;
  }
  auto again = hasEnded(*cluster) ? afterEnd(*cluster, stop) : whileAlive(*cluster, stop);
  if (again || !isGoing(again.error())) return again;
  if (isNamespaceGoing(again.error())) giveUp(*cluster);
  forget(key);
  return std::nullopt;
}

/// What has ended stays as it is, but for the services that nobody uses any more and its own time
/// to go.
kube::Result<Again> Reconciler::afterEnd(const Object& cluster, const std::stop_token& stop) {
  if (const auto* services = kube::findArray(cluster, {"spec", "services"});
      services != nullptr && !services->empty()) {
    const auto wanted = memo_.get(cluster);
    if (wanted->blueprint) MC_TRY(objects_.ensureServicesPod(*wanted->blueprint, false, stop));
  }
  memo_.drop(kube::keyOf(cluster));
  const auto time = deletionTime(cluster);
  if (!time) return std::nullopt;
  const std::chrono::duration<double> left(*time - clock_.wall());
  if (left.count() > 0) return Again(std::chrono::duration_cast<std::chrono::nanoseconds>(left));
  MC_TRY(objects_.removeCluster(cluster, stop));
  return std::nullopt;
}

kube::Result<Again> Reconciler::whileAlive(const Object& cluster, const std::stop_token& stop) {
  const auto wanted = memo_.get(cluster);
  const auto* blueprint = wanted->blueprint ? &*wanted->blueprint : nullptr;
  auto observed = objects_.observe(cluster);
  StatusInput input{cluster, blueprint == nullptr ? nullptr : &blueprint->cluster, observed};
  input.refused = wanted->refused;
  input.now = clock_.wall();
  kube::Status done;
  if (blueprint != nullptr && isOtherJob(*wanted, observed)) {
    input.refused = {"ChangeRefused",
                     "the pods run what the manifest said before: delete the MiniCluster and "
                     "create it again, or undo the change"};
  } else if (blueprint != nullptr && !ending(observed, kube::nameOf(cluster))) {
    done = objects_.ensure(*wanted, stop);
  }
  if (done && blueprint != nullptr)
    done = objects_.ensureServicesPod(*blueprint,
                                      wantsServicesPod(blueprint->cluster, observed, false), stop);
  if (!done && isGoing(done.error())) return tl::make_unexpected(done.error());
  if (!done && isFinal(done.error())) {
    input.refused = {"ObjectsRefused", done.error().message};
    done = {};
  }
  if (!done && isWorthTelling(done.error())) input.failed = {"CreateFailed", done.error().message};
  auto status = makeStatus(input);
  const bool settled = isSettled(status);
  const bool ended = hasEnded(Object{{"status", status}});
  MC_TRY_ASSIGN(const Again again, status_.write(cluster, std::move(status), stop));
  if (!done) return tl::make_unexpected(done.error());
  if (settled && !again) memo_.drop(kube::keyOf(cluster));
  // Our own write wakes nobody up: what follows the end comes now.
  if (ended && !again) return Again(0);
  return again;
}

}  // namespace mc::controller
