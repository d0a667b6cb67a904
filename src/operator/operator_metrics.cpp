#include "operator/operator_metrics.hpp"

#include <atomic>

#include "base/fd.hpp"
#include "operator/prometheus.hpp"

namespace mc::controller {

namespace {

/// The `controller` and `name` labels of controller-runtime.
constexpr const char* kController = "minicluster";

using Kind = Numbers::Kind;

/// controller-runtime's buckets of controller_runtime_reconcile_time_seconds.
std::vector<double> reconcileBounds() {
  return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
          0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5, 3.0,  3.5, 4.0,  4.5, 5,
          6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
}

/// From the start of a pod to the pulling of large images.
std::vector<double> startBounds() {
  return {0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 300, 600, 1800};
}

const char* resultName(ReconcileResult result) {
  switch (result) {
    case ReconcileResult::Success:
      return "success";
    case ReconcileResult::Requeue:
      return "requeue";
    case ReconcileResult::RequeueAfter:
      return "requeue_after";
    case ReconcileResult::Error:
      break;
  }
  return "error";
}

/// Second and third field of /proc/self/statm and the like are pages.
double residentBytes() {
  const std::string text = base::readFile("/proc/self/statm").value_or("");
  const size_t space = text.find(' ');
  return space == std::string::npos ? 0 : std::strtod(text.c_str() + space, nullptr) * 4096;
}

}  // namespace

class OperatorMetrics::Impl final : public kube::QueueMetrics, public kube::ClientMetrics {
 public:
  void depth(int priority, size_t items) override {
    depth_.set({{"name", kController},
                {"controller", kController},
                {"priority", std::to_string(priority)}},
               static_cast<double>(items));
  }
  void added() override { adds_.add(queueLabels(), 1); }
  void retried() override { retries_.add(queueLabels(), 1); }
  void waited(std::chrono::duration<double> time) override { waited_.observe(time.count()); }
  void worked(std::chrono::duration<double> time) override { worked_.observe(time.count()); }
  void request(const std::string& code, const std::string& method,
               const std::string& host) override {
    requests_.add({{"code", code}, {"host", host}, {"method", method}}, 1);
  }

  static MetricLabels queueLabels() { return {{"name", kController}, {"controller", kController}}; }

  Numbers reconciles_{Kind::Counter, "controller_runtime_reconcile_total",
                      "Total number of reconciliations per controller"};
  Numbers errors_{Kind::Counter, "controller_runtime_reconcile_errors_total",
                  "Total number of reconciliation errors per controller"};
  Numbers terminalErrors_{Kind::Counter, "controller_runtime_terminal_reconcile_errors_total",
                          "Total number of terminal reconciliation errors per controller"};
  Numbers panics_{Kind::Counter, "controller_runtime_reconcile_panics_total",
                  "Total number of reconciliation panics per controller"};
  Histogram reconcileTime_{"controller_runtime_reconcile_time_seconds",
                           "Length of time per reconciliation per controller",
                           reconcileBounds(),
                           {{"controller", kController}}};
  Numbers maxWorkers_{Kind::Gauge, "controller_runtime_max_concurrent_reconciles",
                      "Maximum number of concurrent reconciles per controller"};
  Numbers activeWorkers_{Kind::Gauge, "controller_runtime_active_workers",
                         "Number of currently used workers per controller"};
  Numbers depth_{Kind::Gauge, "workqueue_depth", "Current depth of workqueue"};
  Numbers adds_{Kind::Counter, "workqueue_adds_total", "Total number of adds handled by workqueue"};
  Numbers retries_{Kind::Counter, "workqueue_retries_total",
                   "Total number of retries handled by workqueue"};
  Histogram waited_{"workqueue_queue_duration_seconds",
                    "How long in seconds an item stays in workqueue before being requested",
                    exponentialBounds(1e-8, 10, 12), queueLabels()};
  Histogram worked_{"workqueue_work_duration_seconds",
                    "How long in seconds processing an item from workqueue takes",
                    exponentialBounds(1e-8, 10, 12), queueLabels()};
  Numbers requests_{Kind::Counter, "rest_client_requests_total",
                    "Number of HTTP requests, partitioned by status code, method, and host"};
  Numbers leader_{Kind::Gauge, "leader_election_master_status",
                  "Gauge of if the reporting system is master of the relevant lease, 0 indicates "
                  "backup, 1 indicates master"};
  Histogram ready_{"minicluster_time_to_ready_seconds",
                   "Time from the creation of a MiniCluster until all its pods are ready",
                   startBounds()};
  Histogram lead_{"minicluster_time_to_lead_seconds",
                  "Time from the creation of a MiniCluster until its lead broker runs",
                  startBounds()};
  std::atomic<const kube::WorkQueue*> queue_ = nullptr;
};

OperatorMetrics::OperatorMetrics() : impl_(std::make_unique<Impl>()) {
  const MetricLabels label = {{"controller", kController}};
  for (const auto result : {ReconcileResult::Success, ReconcileResult::Requeue,
                            ReconcileResult::RequeueAfter, ReconcileResult::Error})
    impl_->reconciles_.set({{"controller", kController}, {"result", resultName(result)}}, 0);
  for (auto* family :
       {&impl_->errors_, &impl_->terminalErrors_, &impl_->panics_, &impl_->activeWorkers_})
    family->set(label, 0);
}

OperatorMetrics::~OperatorMetrics() = default;

void OperatorMetrics::reconciled(ReconcileResult result, std::chrono::duration<double> took) {
  impl_->reconciles_.add({{"controller", kController}, {"result", resultName(result)}}, 1);
  if (result == ReconcileResult::Error) impl_->errors_.add({{"controller", kController}}, 1);
  impl_->reconcileTime_.observe(took.count());
}

void OperatorMetrics::ready(std::chrono::duration<double> sinceCreation) {
  impl_->ready_.observe(sinceCreation.count());
}

void OperatorMetrics::leadStarted(std::chrono::duration<double> sinceCreation) {
  impl_->lead_.observe(sinceCreation.count());
}

void OperatorMetrics::leading(const std::string& lease, bool leads) {
  impl_->leader_.set({{"name", lease}}, leads ? 1 : 0);
}

void OperatorMetrics::workers(size_t all) {
  impl_->maxWorkers_.set({{"controller", kController}}, static_cast<double>(all));
}

void OperatorMetrics::workerActive(int change) {
  impl_->activeWorkers_.add({{"controller", kController}}, change);
}

kube::QueueMetrics& OperatorMetrics::queue() {
  return *impl_;
}

kube::ClientMetrics& OperatorMetrics::client() {
  return *impl_;
}

void OperatorMetrics::setQueue(const kube::WorkQueue* queue) {
  impl_->queue_ = queue;
}

std::string OperatorMetrics::text() const {
  std::string text;
  for (const auto* numbers :
       {&impl_->reconciles_, &impl_->errors_, &impl_->terminalErrors_, &impl_->panics_,
        &impl_->maxWorkers_, &impl_->activeWorkers_, &impl_->depth_, &impl_->adds_,
        &impl_->retries_, &impl_->requests_, &impl_->leader_})
    numbers->write(text);
  for (const auto* histogram :
       {&impl_->reconcileTime_, &impl_->waited_, &impl_->worked_, &impl_->ready_, &impl_->lead_})
    histogram->write(text);
  const auto gauge = [&text](const char* name, const char* help, double value,
                             const MetricLabels& labels) {
    Numbers numbers(Kind::Gauge, name, help);
    numbers.set(labels, value);
    numbers.write(text);
  };
  if (const auto* queue = impl_->queue_.load()) {
    gauge("workqueue_unfinished_work_seconds",
          "How many seconds of work has been done that is in progress and hasn't been observed by "
          "work_duration",
          queue->unfinishedWork().count(), Impl::queueLabels());
    gauge("workqueue_longest_running_processor_seconds",
          "How many seconds has the longest running processor for workqueue been running",
          queue->longestRunning().count(), Impl::queueLabels());
  }
  gauge("process_resident_memory_bytes", "Resident memory size in bytes", residentBytes(), {});
  return text;
}

}  // namespace mc::controller
