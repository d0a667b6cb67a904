#include "remote/following.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/deadline.hpp"
#include "kube/retry_policy.hpp"
#include "remote/explain.hpp"

namespace mc::remote {

namespace {

/// What passes by itself. A server that was never reached is not waited for, as with kubectl.
bool isPassing(const kube::Error& error, bool listed) {
  if (error.is(kube::Reason::Gone) || error.is(kube::Reason::Canceled)) return true;
  return listed && kube::isTransient(error);
}

}  // namespace

/// One resource; run() belongs to a thread of its own.
class Following::Source final : private kube::ReflectorSink {
 public:
  Source(Following& owner, kube::Client& client, kube::Timer& timer, const Followed& followed)
      : owner_(owner), reflector_(client, timer, followed.resource, followed.options, *this) {}

  void run(const std::stop_token& stop) { reflector_.run(stop); }
  [[nodiscard]] bool isListed() const { return listed_; }

  [[nodiscard]] std::vector<kube::ObjectPtr> objects() const {
    std::vector<kube::ObjectPtr> all;
    for (const auto& [key, object] : objects_) all.push_back(object);
    return all;
  }

 private:
  using Objects = std::map<kube::ObjectKey, kube::ObjectPtr>;

  void beginList() override { listing_.clear(); }
  void listed(kube::Object object) override {
    const kube::ObjectKey key = kube::keyOf(object);
    listing_[key] = std::make_shared<const kube::Object>(std::move(object));
  }
  void endList() override {
    const std::lock_guard lock(owner_.mutex_);
    objects_ = std::exchange(listing_, {});
    listed_ = true;
    owner_.changed();
  }
  void changed(kube::WatchEvent event) override {
    const std::lock_guard lock(owner_.mutex_);
    const kube::ObjectKey key = kube::keyOf(event.object);
    if (event.type == kube::EventType::Deleted)
      objects_.erase(key);
    else
      objects_[key] =
          std::make_shared<const kube::Object>(event.object, boost::json::storage_ptr());
    owner_.changed();
  }
  void failed(const kube::Error& error) override {
    const std::lock_guard lock(owner_.mutex_);
    if (!isPassing(error, listed_)) owner_.failed(error);
  }

  Following& owner_;
  Objects listing_;  ///< of run()'s thread
  // Guarded by the owner's mutex:
  Objects objects_;
  bool listed_ = false;
  kube::Reflector reflector_;
};

Following::Following(kube::Client& client, kube::Timer& timer,
                     const std::vector<Followed>& followed) {
  for (const Followed& one : followed)
    sources_.push_back(std::make_unique<Source>(*this, client, timer, one));
  for (const auto& source : sources_)
    threads_.emplace_back([&source = *source](const std::stop_token& stop) { source.run(stop); });
}

Following::~Following() {
  for (auto& thread : threads_) thread.request_stop();
}

/// The mutex is held.
void Following::changed() {
  dirty_ = true;
  wake_.notify_all();
}

/// The mutex is held.
void Following::failed(const kube::Error& error) {
  error_ = explained(error);
  wake_.notify_all();
}

std::vector<kube::ObjectPtr> Following::objects(size_t which) const {
  const std::lock_guard lock(mutex_);
  return sources_.at(which)->objects();
}

base::Status Following::until(const std::function<base::Result<bool>()>& met,
                              std::optional<std::chrono::milliseconds> timeout,
                              const std::stop_token& stop) {
  const base::Deadline deadline(timeout, stop);
  std::unique_lock lock(mutex_);
  dirty_ = true;
  const auto news = [this] {
    const bool listed = std::all_of(sources_.begin(), sources_.end(),
                                    [](const auto& source) { return source->isListed(); });
    return error_ || (listed && dirty_);
  };
  while (wake_.wait(lock, deadline.token(), news)) {
    if (error_) return base::pass(*error_);
    dirty_ = false;
    lock.unlock();
    MC_TRY_ASSIGN(const bool done, met());
    if (done) return {};
    lock.lock();
  }
  if (deadline.expired()) return base::fail(ETIMEDOUT, "timed out waiting for the condition");
  return base::fail(ECANCELED, "stopped");
}

}  // namespace mc::remote
