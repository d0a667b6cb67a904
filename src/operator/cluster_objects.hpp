#pragma once
// Brings the objects of one MiniCluster to what they should be, writing only what differs.
//
// Every write may be repeated, and each leaves things so that the next pass goes on from there: the
// order is that in which they are needed, the Job comes last, and while there is no Job all else is
// looked after.
//
// Thread-safety: calls for different MiniClusters from any threads at once.

#include <stop_token>

#include "kube/client.hpp"
#include "operator/caches.hpp"
#include "operator/ledger.hpp"
#include "operator/memo.hpp"
#include "operator/objects/pod_spec.hpp"

namespace mc::controller {

class ClusterObjects {
 public:
  ClusterObjects(kube::Client& client, const Caches& caches, Ledger& ledger,
                 const base::Clock& clock)
      : client_(client), caches_(caches), ledger_(ledger), clock_(clock) {}

  /// Everything but the services pod. An object of somebody else's by one of our names is an error
  /// (AlreadyExists); one of a MiniCluster that went before is left to the garbage collector, whose
  /// deletion brings us here again.
  kube::Status ensure(const Wanted& wanted, const std::stop_token& stop);

  /// Makes it, makes it anew, or takes it away.
  kube::Status ensureServicesPod(const Blueprint& blueprint, bool wanted,
                                 const std::stop_token& stop);

  /// What the caches know.
  [[nodiscard]] Observed observe(const kube::Object& cluster) const;

  /// Deletes the MiniCluster itself, if it is still the same.
  kube::Status removeCluster(const kube::Object& cluster, const std::stop_token& stop);

 private:
  /// How an object of ours stands.
  enum class Standing { Absent, Ours, Leaving };

  kube::Result<Standing> standing(const kube::Resource& resource, const kube::Cache& cache,
                                  const kube::ObjectKey& key, const std::string& uid) const;
  [[nodiscard]] kube::Result<bool> mustWait(const Blueprint& blueprint) const;
  /// Whether it is there with this hash, or was written with it, and nobody has changed it since.
  [[nodiscard]] bool isApplied(const kube::Resource& resource, const kube::Cache& cache,
                               const kube::ObjectKey& key, const std::string& hash) const;
  /// Applies if it is not.
  kube::Status ensureApplied(const kube::Resource& resource, const kube::Cache& cache,
                             const kube::Object& object, const std::string& uid,
                             const std::stop_token& stop);
  kube::Status ensureConfigMap(const Wanted& wanted, const std::stop_token& stop);
  kube::Result<kube::Object> apply(const kube::Resource& resource, const kube::Object& object,
                                   bool known, const std::string& manager,
                                   const std::stop_token& stop);
  kube::Status ensureSecret(const Blueprint& blueprint, const std::stop_token& stop);
  kube::Status ensureHeadless(const Blueprint& blueprint, const std::stop_token& stop);
  kube::Result<ServiceAddresses> applySidecarServices(const Blueprint& blueprint,
                                                      const std::stop_token& stop);
  kube::Status ensureSidecarServices(const Blueprint& blueprint, const std::stop_token& stop);
  /// No watch will tell of what changed nothing.
  void settle(const kube::Resource& resource, const kube::Cache& cache, const kube::ObjectKey& key,
              const kube::Object& answer);
  kube::Status makeJob(const Wanted& wanted, const std::stop_token& stop);
  kube::Status changeJob(const Wanted& wanted, const kube::Object& job,
                         const std::stop_token& stop);
  /// The addresses in the services pod are those of the Services as they are.
  kube::Status makeServicesPod(const Blueprint& blueprint, const std::stop_token& stop);

  kube::Client& client_;
  const Caches& caches_;
  Ledger& ledger_;
  const base::Clock& clock_;
};

/// Whether objects of the fixed part of another manifest are there: a change that nobody refused
/// when it was made.
bool isOtherJob(const Wanted& wanted, const Observed& observed);

}  // namespace mc::controller
