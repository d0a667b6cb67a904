#pragma once
// Writes the status of MiniClusters, only when it has changed, and tells the steps in events.
//
// While a cluster starts, pods become ready one after the other: such progress waits up to
// kGathering for more of it, unless it is all that was waited for. The first status, which says no
// more than that all is well so far, waits up to kFirst.
//
// Thread-safety: calls for different MiniClusters from any threads at once.

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>

#include "base/clock.hpp"
#include "kube/client.hpp"
#include "kube/events.hpp"
#include "operator/ledger.hpp"
#include "operator/operator_metrics.hpp"
#include "operator/policies/status.hpp"

namespace mc::controller {

class StatusWriter {
 public:
  static constexpr std::chrono::milliseconds kGathering{1000};
  static constexpr std::chrono::milliseconds kFirst{500};

  StatusWriter(kube::Client& client, Ledger& ledger, kube::EventSink& events,
               OperatorMetrics& metrics, const base::Clock& clock)
      : client_(client), ledger_(ledger), events_(events), metrics_(metrics), clock_(clock) {}

  /// `cluster` with the status that was written last. Returns how long to wait before this should
  /// be tried again; nothing: all is written. Conflict: the MiniCluster has changed meanwhile.
  kube::Result<std::optional<std::chrono::nanoseconds>> write(const kube::Object& cluster,
                                                              boost::json::object status,
                                                              const std::stop_token& stop);

  /// The cluster is gone.
  void forget(const kube::ObjectKey& key);

 private:
  /// What is left of the time in which progress is gathered; zero: it is over.
  std::chrono::nanoseconds gathering(const kube::ObjectKey& key, std::chrono::milliseconds longest);
  void tell(const kube::Object& cluster, const boost::json::object& before,
            const boost::json::object& after);
  void measure(const kube::Object& cluster, const boost::json::object& before,
               const boost::json::object& after);

  kube::Client& client_;
  Ledger& ledger_;
  kube::EventSink& events_;
  OperatorMetrics& metrics_;
  const base::Clock& clock_;
  std::mutex mutex_;
  /// Since when there is progress that was not written.
  std::unordered_map<kube::ObjectKey, std::chrono::steady_clock::time_point, kube::ObjectKeyHash>
      since_;
};

}  // namespace mc::controller
