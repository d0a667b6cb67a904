#pragma once
// MiniClusters as read and checked, kept while they are being worked on: a cluster that starts is
// looked at several times, one that runs hardly ever.
//
// Thread-safety: all methods from any thread at once; what they return never changes.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "kube/object.hpp"
#include "operator/objects/blueprint.hpp"
#include "operator/policies/status.hpp"

namespace mc::controller {

/// One generation of one MiniCluster.
struct Wanted {
  std::string uid;
  int64_t generation = 0;
  /// Absent: the manifest is no good, `refused` says why.
  std::optional<Blueprint> blueprint;
  Trouble refused;
  /// Of what the Job can't change; with the version of this program, because another one may see
  /// the same manifest otherwise.
  std::string fixedHash;
  /// Of everything that may change in place.
  std::string generationHash;
};
using WantedPtr = std::shared_ptr<const Wanted>;

class Memo {
 public:
  explicit Memo(ObjectOptions options) : options_(std::move(options)) {}

  WantedPtr get(const kube::Object& cluster);
  /// The cluster has settled, or is gone.
  void drop(const kube::ObjectKey& key);
  [[nodiscard]] size_t size() const;

 private:
  ObjectOptions options_;
  mutable std::mutex mutex_;
  std::unordered_map<kube::ObjectKey, WantedPtr, kube::ObjectKeyHash> kept_;
};

/// Reads and checks; a size beyond what Flux was configured for is brought down to it.
Wanted readWanted(const kube::Object& cluster, const ObjectOptions& options);

}  // namespace mc::controller
