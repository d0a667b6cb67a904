#include "kube/work_queue.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>

namespace mc::kube {

namespace {

using Moment = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

/// A queued key. It is in `ready`, in `waiting`, or in neither while a worker has it.
struct Entry {
  int priority = 0;
  Moment readyAt;
  Moment readySince;
  uint64_t turn = 0;
  bool ready = false;
};

/// Highest priority first, then first come.
struct Turn {
  int priority;
  uint64_t turn;
  ObjectKey key;
  bool operator<(const Turn& other) const {
    return std::tuple(-priority, turn) < std::tuple(-other.priority, other.turn);
  }
};

}  // namespace

class WorkQueue::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Timer& timer, QueueBackoff backoff, QueueMetrics* metrics)
      : timer_(timer), backoff_(backoff), metrics_(metrics) {}

  void add(const ObjectKey& key, const AddOptions& options);
  std::optional<Item> get(const std::stop_token& stop);
  void done(const ObjectKey& key);
  void forget(const ObjectKey& key);
  int retries(const ObjectKey& key) const;
  void shutDown();
  size_t size() const;
  Seconds unfinishedWork() const;
  Seconds longestRunning() const;

 private:
  std::chrono::nanoseconds delayOf(const ObjectKey& key, const AddOptions& options);
  void merge(const ObjectKey& key, Entry& entry, int priority, Moment readyAt);
  void makeReady(const ObjectKey& key, Entry& entry);
  void hand(const ObjectKey& key, Entry& entry);
  void unhand(const ObjectKey& key, const Entry& entry);
  void promoteDue();
  void armTimer();
  Item take();
  void count(int priority, int by);
  Moment now() const { return timer_.clock().steady(); }

  Timer& timer_;
  const QueueBackoff backoff_;
  QueueMetrics* metrics_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<ObjectKey, Entry> entries_;
  std::set<Turn> ready_;
  std::set<std::pair<Moment, ObjectKey>> waiting_;
  std::unordered_map<ObjectKey, Moment, ObjectKeyHash> working_;  ///< since when
  std::unordered_map<ObjectKey, int, ObjectKeyHash> failures_;
  std::map<int, size_t> depths_;
  uint64_t nextTurn_ = 0;
  bool over_ = false;
  base::Watch alarm_;
  Moment alarmAt_ = Moment::max();
};

std::chrono::nanoseconds WorkQueue::Impl::delayOf(const ObjectKey& key, const AddOptions& options) {
  if (!options.rateLimited) return options.after;
  const int failed = failures_[key]++;
  if (metrics_ != nullptr) metrics_->retried();
  const double wait = static_cast<double>(backoff_.first.count()) *
                      static_cast<double>(1ull << std::min(failed, 40));
  const double longest = static_cast<double>(backoff_.longest.count());
  const std::chrono::milliseconds own(static_cast<int64_t>(std::min(wait, longest)));
  return std::max<std::chrono::nanoseconds>(own, options.after);
}

void WorkQueue::Impl::add(const ObjectKey& key, const AddOptions& options) {
  const std::lock_guard lock(mutex_);
  if (over_) return;
  const Moment readyAt = now() + delayOf(key, options);
  const auto [at, isNew] = entries_.try_emplace(key);
  Entry& entry = at->second;
  if (isNew) {
    entry.priority = options.priority;
    entry.readyAt = readyAt;
    waiting_.emplace(readyAt, key);
    if (metrics_ != nullptr) metrics_->added();
  } else {
    merge(key, entry, options.priority, readyAt);
  }
  promoteDue();
  armTimer();
}

void WorkQueue::Impl::merge(const ObjectKey& key, Entry& entry, int priority, Moment readyAt) {
  if (priority > entry.priority) {
    const bool handed = entry.ready && !working_.contains(key);
    if (handed) unhand(key, entry);
    if (entry.ready) count(entry.priority, -1);
    entry.priority = priority;
    if (entry.ready) count(entry.priority, 1);
    if (handed) hand(key, entry);
  }
  if (entry.ready || readyAt >= entry.readyAt) return;
  waiting_.erase({entry.readyAt, key});
  entry.readyAt = readyAt;
  waiting_.emplace(readyAt, key);
}

/// A key at work stays out of reach until done().
void WorkQueue::Impl::makeReady(const ObjectKey& key, Entry& entry) {
  entry.ready = true;
  entry.readySince = now();
  entry.turn = nextTurn_++;
  count(entry.priority, 1);
  if (!working_.contains(key)) hand(key, entry);
}

void WorkQueue::Impl::hand(const ObjectKey& key, Entry& entry) {
  ready_.insert({entry.priority, entry.turn, key});
  changed_.notify_one();
}

void WorkQueue::Impl::unhand(const ObjectKey& key, const Entry& entry) {
  ready_.erase({entry.priority, entry.turn, key});
}

void WorkQueue::Impl::promoteDue() {
  const Moment time = now();
  while (!waiting_.empty() && waiting_.begin()->first <= time) {
    const ObjectKey key = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    makeReady(key, entries_.at(key));
  }
}

/// One alarm, for what is due first. An alarm that rings too early only looks and sets the next.
void WorkQueue::Impl::armTimer() {
  if (waiting_.empty() || waiting_.begin()->first >= alarmAt_) return;
  alarmAt_ = waiting_.begin()->first;
  alarm_ = timer_.after(alarmAt_ - now(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    self->alarmAt_ = Moment::max();
    self->promoteDue();
    self->armTimer();
  });
}

std::optional<WorkQueue::Item> WorkQueue::Impl::get(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return over_ || !ready_.empty(); });
  if (stop.stop_requested() || ready_.empty()) return {};
  return take();
}

WorkQueue::Item WorkQueue::Impl::take() {
  Turn turn = std::move(ready_.extract(ready_.begin()).value());
  const auto at = entries_.find(turn.key);
  count(turn.priority, -1);
  if (metrics_ != nullptr) metrics_->waited(now() - at->second.readySince);
  entries_.erase(at);
  working_.emplace(turn.key, now());
  return {std::move(turn.key), turn.priority};
}

void WorkQueue::Impl::done(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  const auto at = working_.find(key);
  if (at == working_.end()) return;
  if (metrics_ != nullptr) metrics_->worked(now() - at->second);
  working_.erase(at);
  const auto entry = entries_.find(key);
  if (entry != entries_.end() && entry->second.ready) hand(key, entry->second);
}

void WorkQueue::Impl::forget(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  failures_.erase(key);
}

int WorkQueue::Impl::retries(const ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto at = failures_.find(key);
  return at == failures_.end() ? 0 : at->second;
}

void WorkQueue::Impl::shutDown() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  for (const auto& [moment, key] : waiting_) entries_.erase(key);
  waiting_.clear();
  alarm_.reset();
  changed_.notify_all();
}

size_t WorkQueue::Impl::size() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

Seconds WorkQueue::Impl::unfinishedWork() const {
  const std::lock_guard lock(mutex_);
  Seconds total(0);
  for (const auto& [key, since] : working_) total += now() - since;
  return total;
}

Seconds WorkQueue::Impl::longestRunning() const {
  const std::lock_guard lock(mutex_);
  Seconds longest(0);
  for (const auto& [key, since] : working_) longest = std::max<Seconds>(longest, now() - since);
  return longest;
}

void WorkQueue::Impl::count(int priority, int by) {
  size_t& depth = depths_[priority];
  depth += static_cast<size_t>(by);
  if (metrics_ != nullptr) metrics_->depth(priority, depth);
}

WorkQueue::WorkQueue(Timer& timer, QueueBackoff backoff, QueueMetrics* metrics)
    : impl_(std::make_shared<Impl>(timer, backoff, metrics)) {}

WorkQueue::~WorkQueue() {
  impl_->shutDown();
}

void WorkQueue::add(const ObjectKey& key, const AddOptions& options) {
  impl_->add(key, options);
}

std::optional<WorkQueue::Item> WorkQueue::get(const std::stop_token& stop) {
  return impl_->get(stop);
}

void WorkQueue::done(const ObjectKey& key) {
  impl_->done(key);
}

void WorkQueue::forget(const ObjectKey& key) {
  impl_->forget(key);
}

int WorkQueue::retries(const ObjectKey& key) const {
  return impl_->retries(key);
}

void WorkQueue::shutDown() {
  impl_->shutDown();
}

size_t WorkQueue::size() const {
  return impl_->size();
}

Seconds WorkQueue::unfinishedWork() const {
  return impl_->unfinishedWork();
}

Seconds WorkQueue::longestRunning() const {
  return impl_->longestRunning();
}

}  // namespace mc::kube
