#include "kube/events.hpp"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

#include "base/rfc3339.hpp"
#include "kube/event_body.hpp"
#include "kube/spam_filter.hpp"

namespace mc::kube {

namespace {

using Moment = std::chrono::steady_clock::time_point;

/// Series that are remembered to be counted on.
constexpr size_t kMostSeries = 2048;

/// Equal occurrences, and what of them the server knows.
struct Series {
  EventFacts facts;
  Moment last;
  Moment sentAt;
  bool sent = false;    ///< the Event has been made
  bool queued = false;  ///< the sender will come to it
  base::Watch alarm;    ///< brings it to the sender when its time has come
};

}  // namespace

class EventRecorder::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Client& client, Timer& timer, EventOptions options,
       std::function<void(const Error&)> onError)
      : client_(client),
        timer_(timer),
        options_(std::move(options)),
        onError_(std::move(onError)) {}

  void add(const ObjectReference& about, Severity severity, const std::string& reason,
           const std::string& action, const std::string& note);
  bool flush(std::chrono::milliseconds timeout);
  void serve(const std::stop_token& stop);
  uint64_t dropped() const;

 private:
  using Key = std::tuple<std::string, Severity, std::string, std::string, std::string>;

  void begin(const Key& key, EventFacts facts);
  void again(const Key& key, Series& series);
  void enqueue(const Key& key, Series& series);
  void makeRoom();
  Status send(const EventFacts& facts, bool sent, const CallOptions& call);
  void finish(const Key& key, uint64_t count);
  std::string nextName(const ObjectReference& about);
  Moment now() const { return timer_.clock().steady(); }

  Client& client_;
  Timer& timer_;
  const EventOptions options_;
  const std::function<void(const Error&)> onError_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Key, Series> series_;
  std::deque<Key> queue_;
  SpamFilter spam_;
  bool sending_ = false;
  uint64_t dropped_ = 0;
  int64_t lastStamp_ = 0;
};

void EventRecorder::Impl::add(const ObjectReference& about, Severity severity,
                              const std::string& reason, const std::string& action,
                              const std::string& note) {
  const std::lock_guard lock(mutex_);
  const Key key(about.uid + "/" + about.ns + "/" + about.name, severity, reason, action, note);
  const auto at = series_.find(key);
  if (at != series_.end() && now() - at->second.last < options_.seriesWindow)
    return again(key, at->second);
  if (queue_.size() >= options_.longestQueue || !spam_.allows(std::get<0>(key), now())) {
    ++dropped_;
    return;
  }
  if (at != series_.end() && !at->second.queued) series_.erase(at);
  const double wall = timer_.clock().wall();
  begin(key, {.name = nextName(about),
              .about = about,
              .severity = severity,
              .reason = reason,
              .action = action,
              .note = note,
              .first = wall,
              .last = wall});
}

void EventRecorder::Impl::begin(const Key& key, EventFacts facts) {
  makeRoom();
  Series& series = series_[key];
  if (series.queued) return again(key, series);
  series.facts = std::move(facts);
  series.last = now();
  enqueue(key, series);
}

void EventRecorder::Impl::again(const Key& key, Series& series) {
  ++series.facts.count;
  series.facts.last = timer_.clock().wall();
  series.last = now();
  if (series.queued || series.alarm) return;
  const auto wait = series.sentAt + options_.seriesUpdate - now();
  if (wait <= wait.zero()) return enqueue(key, series);
  series.alarm = timer_.after(wait, [weak = weak_from_this(), key] {
    const auto self = weak.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex_);
    const auto at = self->series_.find(key);
    if (at == self->series_.end() || at->second.queued) return;
    self->enqueue(key, at->second);
  });
}

void EventRecorder::Impl::enqueue(const Key& key, Series& series) {
  series.queued = true;
  series.alarm.reset();
  queue_.push_back(key);
  changed_.notify_all();
}

/// Forgets what nobody will count on, or else the series that was silent longest.
void EventRecorder::Impl::makeRoom() {
  if (series_.size() < kMostSeries) return;
  const auto idle = [](const Series& series) { return !series.queued && !series.alarm; };
  const Moment limit = now() - options_.seriesWindow;
  std::erase_if(series_,
                [&](const auto& entry) { return idle(entry.second) && entry.second.last < limit; });
  if (series_.size() < kMostSeries) return;
  const auto oldest = std::ranges::min_element(series_, {}, [&](const auto& entry) {
    return std::pair(!idle(entry.second), entry.second.last);
  });
  if (idle(oldest->second)) series_.erase(oldest);
}

void EventRecorder::Impl::serve(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const Key key = std::move(queue_.front());
    queue_.pop_front();
    const Series& series = series_.at(key);
    const EventFacts facts = series.facts;
    const bool sent = series.sent;
    sending_ = true;
    lock.unlock();
    const Status outcome = send(facts, sent, {.stop = stop});
    if (!outcome && onError_ && !stop.stop_requested()) onError_(outcome.error());
    lock.lock();
    if (outcome)
      finish(key, facts.count);
    else
      series_.erase(key);
    sending_ = false;
    changed_.notify_all();
  }
}

void EventRecorder::Impl::finish(const Key& key, uint64_t count) {
  Series& series = series_.at(key);
  series.queued = false;
  series.sent = true;
  series.sentAt = now();
  if (series.facts.count == count) return;
  // It happened again meanwhile: that occurrence is counted already, so only its time is due.
  --series.facts.count;
  again(key, series);
}

Status EventRecorder::Impl::send(const EventFacts& facts, bool sent, const CallOptions& call) {
  if (sent) {
    const ObjectKey key{eventNamespace(facts.about), facts.name};
    const auto patched = client_.patch(kEvents, key, PatchType::Merge, seriesPatch(facts),
                                       {.metadataOnly = true}, call);
    if (patched) return {};
    // Events live for an hour only.
    if (!patched.error().is(Reason::NotFound)) return tl::make_unexpected(patched.error());
  }
  const Object body = eventBody(facts, options_.controller, options_.instance);
  MC_TRY(client_.create(kEvents, body, {.metadataOnly = true}, call));
  return {};
}

bool EventRecorder::Impl::flush(std::chrono::milliseconds timeout) {
  const auto late = std::make_shared<bool>(false);
  const base::Watch alarm = timer_.after(timeout, [self = shared_from_this(), late] {
    const std::lock_guard lock(self->mutex_);
    *late = true;
    self->changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  for (auto& [key, series] : series_)
    if (series.alarm) enqueue(key, series);
  const auto empty = [this] { return queue_.empty() && !sending_; };
  changed_.wait(lock, [&] { return empty() || *late; });
  return empty();
}

uint64_t EventRecorder::Impl::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

/// Events sort by name, so names grow with time.
std::string EventRecorder::Impl::nextName(const ObjectReference& about) {
  const auto stamp = static_cast<int64_t>(timer_.clock().wall() * 1e9);
  lastStamp_ = std::max(stamp, lastStamp_ + 1);
  return eventName(about, lastStamp_);
}

EventRecorder::EventRecorder(Client& client, Timer& timer, EventOptions options,
                             std::function<void(const Error&)> onError)
    : impl_(std::make_shared<Impl>(client, timer, std::move(options), std::move(onError))),
      sender_([impl = impl_](const std::stop_token& stop) { impl->serve(stop); }) {}

EventRecorder::~EventRecorder() = default;

void EventRecorder::event(const ObjectReference& about, Severity severity,
                          const std::string& reason, const std::string& action,
                          const std::string& note) {
  impl_->add(about, severity, reason, action, note);
}

bool EventRecorder::flush(std::chrono::milliseconds timeout) {
  return impl_->flush(timeout);
}

uint64_t EventRecorder::dropped() const {
  return impl_->dropped();
}

}  // namespace mc::kube
