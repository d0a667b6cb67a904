#pragma once
// Which objects need work: each key is queued once, handed to one worker at a time, and queued
// again if it was added while it was being worked on.
//
// Semantics are controller-runtime's priority queue (pkg/controller/priorityqueue): higher
// priorities go first, equal ones first come first served; adding a queued key again raises its
// priority and may bring its time forward, never the other way.
//
//     while (const auto item = queue.get(stop)) {
//       if (work(item->key)) queue.forget(item->key);
//       else queue.add(item->key, {.priority = item->priority, .rateLimited = true});
//       queue.done(item->key);
//     }
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "kube/object.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

/// Of items from the first list, from relists and resyncs: they give way to fresh changes.
constexpr int kLowPriority = -100;

/// Per key: 5 ms, 10 ms, 20 ms ... 1000 s.
struct QueueBackoff {
  std::chrono::milliseconds first{5};
  std::chrono::milliseconds longest{1000000};
};

/// Told of everything that controller-runtime has metrics for (workqueue_*). Called with the
/// queue's lock held: must be quick and must not call the queue.
class QueueMetrics {
 public:
  virtual ~QueueMetrics() = default;
  virtual void depth(int priority, size_t items) = 0;      ///< workqueue_depth
  virtual void added() = 0;                                ///< workqueue_adds_total
  virtual void retried() = 0;                              ///< workqueue_retries_total
  virtual void waited(std::chrono::duration<double>) = 0;  ///< workqueue_queue_duration_seconds
  virtual void worked(std::chrono::duration<double>) = 0;  ///< workqueue_work_duration_seconds
};

class WorkQueue {
 public:
  struct AddOptions {
    int priority = 0;
    std::chrono::nanoseconds after{0};  ///< not before this time has passed
    bool rateLimited = false;           ///< not before the key's backoff, which grows by that
  };
  struct Item {
    ObjectKey key;
    int priority = 0;
  };

  explicit WorkQueue(Timer& timer, QueueBackoff backoff = {}, QueueMetrics* metrics = nullptr);
  ~WorkQueue();

  void add(const ObjectKey& key) { add(key, AddOptions()); }
  void add(const ObjectKey& key, const AddOptions& options);

  /// Waits for work; nothing once the queue is shut down and empty of ready keys, or `stop`.
  std::optional<Item> get(const std::stop_token& stop);
  /// The worker has finished with a key of get(), whatever the outcome.
  void done(const ObjectKey& key);

  /// The next failure of this key counts as its first.
  void forget(const ObjectKey& key);
  [[nodiscard]] int retries(const ObjectKey& key) const;

  /// No more keys are taken; get() hands out what is ready, then nothing.
  void shutDown();

  [[nodiscard]] size_t size() const;  ///< ready to be handed out
  /// workqueue_unfinished_work_seconds and workqueue_longest_running_processor_seconds.
  [[nodiscard]] std::chrono::duration<double> unfinishedWork() const;
  [[nodiscard]] std::chrono::duration<double> longestRunning() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with callbacks of the timer
};

}  // namespace mc::kube
