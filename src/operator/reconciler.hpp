#pragma once
// One pass over one MiniCluster: looks at the caches, brings objects and status to what they should
// be, and says when to look again. Reads nothing from the API server.
//
// Every pass may end anywhere; the next one goes on from what is there.
//
// Thread-safety: different MiniClusters from any threads at once, one of them by one thread.

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "operator/cluster_objects.hpp"
#include "operator/log.hpp"
#include "operator/status_writer.hpp"

namespace mc::controller {

/// When to look again without anything having happened; nothing: not at all.
using Again = std::optional<std::chrono::nanoseconds>;

class Reconciler {
 public:
  /// All outlive it.
  Reconciler(kube::Client& client, const Caches& caches, kube::EventSink& events,
             OperatorMetrics& metrics, const base::Clock& clock, ObjectOptions options);

  /// Errors are worth a retry. What a retry can't help is in the status, and no error.
  kube::Result<Again> reconcile(const kube::ObjectKey& key, const std::stop_token& stop);

  /// The watch told of a change: the MiniClusters that have something to do because of it.
  std::vector<kube::ObjectKey> seen(const kube::Resource& resource, const kube::Change& change);

  /// MiniClusters that are kept in memory beyond the caches, for tests and metrics.
  [[nodiscard]] size_t inWork() const { return memo_.size(); }

 private:
  kube::Result<Again> afterEnd(const kube::Object& cluster, const std::stop_token& stop);
  kube::Result<Again> whileAlive(const kube::Object& cluster, const std::stop_token& stop);
  /// With the status that was written last, if the cache doesn't have it yet.
  [[nodiscard]] kube::ObjectPtr current(const kube::ObjectKey& key) const;
  void forget(const kube::ObjectKey& key);
  /// Whether the change is one of our own writes; whatever it is, nothing is waited for any more.
  bool settle(const kube::Resource& resource, const kube::Change& change);
  /// Notes that somebody else has changed an object that we keep as it was applied.
  void suspect(const kube::Resource& resource, const kube::Change& change);
  /// Nothing can be made any more in the namespace of this cluster.
  void giveUp(const kube::Object& cluster);
  [[nodiscard]] bool isGivenUp(const kube::Object& cluster) const;

  const Caches& caches_;
  const base::Clock& clock_;
  Ledger ledger_;
  Memo memo_;
  ClusterObjects objects_;
  StatusWriter status_;
  mutable std::mutex mutex_;
  std::unordered_map<kube::ObjectKey, std::string, kube::ObjectKeyHash> givenUp_;  ///< their UIDs
};

}  // namespace mc::controller
