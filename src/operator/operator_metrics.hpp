#pragma once
// What the operator counts, under controller-runtime's names where it has one, so that stock
// dashboards work.
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <memory>
#include <string>

#include "kube/leader_election.hpp"
#include "kube/session.hpp"
#include "kube/work_queue.hpp"

namespace mc::controller {

/// How a reconcile ended: the `result` of controller_runtime_reconcile_total.
enum class ReconcileResult { Success, Requeue, RequeueAfter, Error };

class OperatorMetrics {
 public:
  OperatorMetrics();
  ~OperatorMetrics();

  void reconciled(ReconcileResult result, std::chrono::duration<double> took);
  /// From a MiniCluster's creation until all its pods were ready, and until its lead broker ran.
  void ready(std::chrono::duration<double> sinceCreation);
  void leadStarted(std::chrono::duration<double> sinceCreation);
  /// leader_election_master_status of this replica.
  void leading(const std::string& lease, bool leads);
  void workers(size_t all);
  /// One more (or, with -1, one less) worker at work.
  void workerActive(int change);

  [[nodiscard]] kube::QueueMetrics& queue();
  [[nodiscard]] kube::ClientMetrics& client();
  /// Asked for workqueue_unfinished_work_seconds and the like when metrics are read. Null: no more.
  void setQueue(const kube::WorkQueue* queue);

  /// Prometheus' text format, version 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::controller
