#include "kube/timer.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

namespace mc::kube {

namespace {

/// What a sleeper and its alarm share.
struct Nap {
  std::mutex mutex;
  std::condition_variable_any over;
  bool rang = false;
};

}  // namespace

bool Timer::sleep(std::chrono::nanoseconds delay, const std::stop_token& stop) {
  const auto nap = std::make_shared<Nap>();
  const base::Watch alarm = after(delay, [nap] {
    const std::lock_guard lock(nap->mutex);
    nap->rang = true;
    nap->over.notify_all();
  });
  std::unique_lock lock(nap->mutex);
  return nap->over.wait(lock, stop, [&nap] { return nap->rang; });
}

struct SystemTimer::Agenda {
  /// The number tells apart what is due at the same time.
  using Moment = std::pair<std::chrono::steady_clock::time_point, uint64_t>;

  void serve(const std::stop_token& stop);

  std::mutex mutex;
  std::condition_variable_any changed;
  std::map<Moment, Callback> waiting;
  uint64_t nextId = 1;
};

/// Cancels what is on an agenda that may be gone already.
class SystemTimer::Entry final : public base::Registration {
 public:
  Entry(std::weak_ptr<Agenda> agenda, Agenda::Moment moment)
      : agenda_(std::move(agenda)), moment_(moment) {}
  ~Entry() override {
    const auto agenda = agenda_.lock();
    if (!agenda) return;
    // Destroyed after the lock is given back: what the callback holds may hold other handles.
    std::map<Agenda::Moment, Callback>::node_type canceled;
    const std::lock_guard lock(agenda->mutex);
    canceled = agenda->waiting.extract(moment_);
  }

 private:
  std::weak_ptr<Agenda> agenda_;
  Agenda::Moment moment_;
};

void SystemTimer::Agenda::serve(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    if (waiting.empty()) {
      changed.wait(lock, stop, [this] { return !waiting.empty(); });
      continue;
    }
    const Moment next = waiting.begin()->first;
    if (next.first > std::chrono::steady_clock::now()) {
      changed.wait_until(lock, stop, next.first, [this, &next] {
        return waiting.empty() || waiting.begin()->first != next;
      });
      continue;
    }
    auto due = waiting.extract(waiting.begin());
    lock.unlock();
    due.mapped()();
    due = {};
    lock.lock();
  }
}

SystemTimer::SystemTimer()
    : agenda_(std::make_shared<Agenda>()),
      thread_([agenda = agenda_](const std::stop_token& stop) { agenda->serve(stop); }) {}

SystemTimer::~SystemTimer() = default;

base::Watch SystemTimer::after(std::chrono::nanoseconds delay, Callback callback) {
  const std::lock_guard lock(agenda_->mutex);
  const Agenda::Moment moment{clock_.steady() + delay, agenda_->nextId++};
  agenda_->waiting.emplace(moment, std::move(callback));
  agenda_->changed.notify_one();
  return std::make_unique<Entry>(agenda_, moment);
}

}  // namespace mc::kube
