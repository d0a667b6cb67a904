#pragma once
// What the operator keeps of the cluster in memory: MiniClusters, and what belongs to them.
//
// Objects are cut down to what is asked for when they come in, and of ConfigMaps and Services only
// metadata is ever fetched. Secrets are not read at all: they are made and then left alone, so that
// the operator needs no right to see anybody's.
//
// Thread-safety: start() and stop() by one thread; caches from any.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kube/informer.hpp"

namespace mc::controller {

/// Index by the UIDs of all owners, controllers or not.
inline constexpr const char* kOwnerIndex = "owner";

class Caches {
 public:
  /// `ns` empty: all namespaces. `onError` hears of lists and watches that failed.
  Caches(kube::Client& client, kube::Timer& timer, const std::string& ns,
         std::function<void(const kube::Resource&, const kube::Error&)> onError = {});

  /// Before start(). Called on the threads of the informers.
  using Handler = std::function<void(const kube::Resource&, const kube::Change&)>;
  void addHandler(const Handler& handler);

  void start();
  /// False if `stop` came first.
  bool waitForSync(const std::stop_token& stop) const;
  [[nodiscard]] bool synced() const;
  void stop();

  [[nodiscard]] const kube::Cache& clusters() const { return clusters_->cache(); }
  [[nodiscard]] const kube::Cache& jobs() const { return jobs_->cache(); }
  [[nodiscard]] const kube::Cache& pods() const { return pods_->cache(); }
  [[nodiscard]] const kube::Cache& configMaps() const { return configMaps_->cache(); }
  [[nodiscard]] const kube::Cache& services() const { return services_->cache(); }

 private:
  [[nodiscard]] std::vector<kube::Informer*> all() const;

  std::unique_ptr<kube::Informer> clusters_, jobs_, pods_, configMaps_, services_;
};

/// UIDs of all owners of an object.
std::vector<std::string> ownerUids(const kube::Object& object);

/// The MiniCluster that an object belongs to: its owner, or by label (pods of the Job). Empty name:
/// none.
std::vector<kube::ObjectKey> clustersOf(const kube::Object& object);

/// Whether somebody beside us has written to an object of which only metadata is kept.
bool isChangedByOthers(const kube::Object& object);

// What is kept of objects.
void trimCluster(kube::Object& cluster);
void trimJob(kube::Object& job);
void trimPod(kube::Object& pod);
void trimMetadata(kube::Object& object);

}  // namespace mc::controller
