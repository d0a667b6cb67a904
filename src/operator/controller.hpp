#pragma once
// Keeps all MiniClusters reconciled: changes go into a queue, worker threads take them out.
//
// Thread-safety: start() and stop() by one thread.

#include <stop_token>
#include <thread>
#include <vector>

#include "operator/reconciler.hpp"

namespace mc::controller {

struct ControllerOptions {
  ObjectOptions objects;
  size_t workers = 16;
};

class Controller {
 public:
  /// All outlive it. `caches` must not have been started: it puts its handlers there.
  Controller(kube::Client& client, kube::Timer& timer, Caches& caches, kube::EventSink& events,
             OperatorMetrics& metrics, Log& log, const ControllerOptions& options);
  ~Controller();

  /// Begins to work. Until then changes are only noted.
  void start();
  /// Ends what is being worked on at its next request, and waits for the workers.
  void stop();

  [[nodiscard]] kube::WorkQueue& queue() { return queue_; }
  [[nodiscard]] Reconciler& reconciler() { return reconciler_; }

 private:
  void note(const kube::Resource& resource, const kube::Change& change);
  void work(const std::stop_token& stop);
  void workOn(const kube::WorkQueue::Item& item, const std::stop_token& stop);
  void failed(const kube::WorkQueue::Item& item, const kube::Error& error);

  OperatorMetrics& metrics_;
  Log& log_;
  const base::Clock& clock_;
  size_t workerCount_;
  Reconciler reconciler_;
  kube::WorkQueue queue_;
  std::vector<std::jthread> workers_;
};

}  // namespace mc::controller
