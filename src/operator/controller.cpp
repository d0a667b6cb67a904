#include "operator/controller.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "operator/resources.hpp"

namespace mc::controller {

using kube::ObjectKey;
using kube::WorkQueue;

namespace {

/// Objects of new MiniClusters go before the status of those that have theirs.
constexpr int kNewPriority = 10;

}  // namespace

Controller::Controller(kube::Client& client, kube::Timer& timer, Caches& caches,
                       kube::EventSink& events, OperatorMetrics& metrics, Log& log,
                       const ControllerOptions& options)
    : metrics_(metrics),
      log_(log),
      clock_(timer.clock()),
      workerCount_(options.workers),
      reconciler_(client, caches, events, metrics, timer.clock(), options.objects),
      queue_(timer, {}, &metrics.queue()) {
  metrics_.workers(workerCount_);
  metrics_.setQueue(&queue_);
  caches.addHandler([this](const kube::Resource& resource, const kube::Change& change) {
    note(resource, change);
  });
}

Controller::~Controller() {
  stop();
  metrics_.setQueue(nullptr);
}

void Controller::start() {
  for (size_t i = 0; i < workerCount_; ++i)
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

void Controller::stop() {
  for (auto& worker : workers_) worker.request_stop();
  queue_.shutDown();
  workers_.clear();
}

void Controller::note(const kube::Resource& resource, const kube::Change& change) {
  const bool isNew = resource == kMiniClusters && !change.before;
  const int priority = change.fromList ? kube::kLowPriority : isNew ? kNewPriority : 0;
  for (const auto& key : reconciler_.seen(resource, change))
    queue_.add(key, {.priority = priority});
}

void Controller::work(const std::stop_token& stop) {
  while (const auto item = queue_.get(stop)) {
    metrics_.workerActive(1);
    workOn(*item, stop);
    metrics_.workerActive(-1);
    queue_.done(item->key);
  }
}

void Controller::workOn(const WorkQueue::Item& item, const std::stop_token& stop) {
  const auto began = clock_.steady();
  const auto again = reconciler_.reconcile(item.key, stop);
  const std::chrono::duration<double> took = clock_.steady() - began;
  if (!again) {
    if (again.error().is(kube::Reason::Canceled)) return;
    failed(item, again.error());
    const bool conflict = again.error().is(kube::Reason::Conflict);
    metrics_.reconciled(conflict ? ReconcileResult::Requeue : ReconcileResult::Error, took);
    return;
  }
  queue_.forget(item.key);
  metrics_.reconciled(*again ? ReconcileResult::RequeueAfter : ReconcileResult::Success, took);
  if (*again) queue_.add(item.key, {.priority = std::min(item.priority, 0), .after = **again});
}

/// A conflict means that a newer state is on its way: nothing to worry about.
void Controller::failed(const WorkQueue::Item& item, const kube::Error& error) {
  if (!error.is(kube::Reason::Conflict))
    log_.error("Reconciler error", {{"controller", "minicluster"},
                                    {"namespace", item.key.ns},
                                    {"name", item.key.name},
                                    {"reason", kube::describe(error.reason)},
                                    {"error", error.message}});
  queue_.add(item.key, {.priority = item.priority, .rateLimited = true});
}

}  // namespace mc::controller
