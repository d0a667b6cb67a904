#pragma once
// Waits until something is true of objects at the API server: by watches, without polling.
//
// Thread-safety: one thread; what it reads is kept up to date by threads of its own.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/status.hpp"
#include "kube/reflector.hpp"

namespace mc::remote {

/// Objects to follow; the namespace and selectors are those of the options.
struct Followed {
  kube::Resource resource;
  kube::ReflectorOptions options;
};

class Following {
 public:
  /// `client` and `timer` must outlive it.
  Following(kube::Client& client, kube::Timer& timer, const std::vector<Followed>& followed);
  ~Following();
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  /// Calls `met` once everything has been listed, and again after each change, until it returns
  /// true; several changes that are there already count as one. ETIMEDOUT after `timeout`;
  /// ECANCELED; an API server's no (not allowed, no such resource) ends it, too, while a lost
  /// connection is taken up again.
  base::Status until(const std::function<base::Result<bool>()>& met,
                     std::optional<std::chrono::milliseconds> timeout, const std::stop_token& stop);

  /// The objects of the Followed with this number, as they are now, by namespace and name.
  [[nodiscard]] std::vector<kube::ObjectPtr> objects(size_t which = 0) const;

 private:
  class Source;

  void changed();
  void failed(const kube::Error& error);

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  bool dirty_ = false;
  std::optional<base::Error> error_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::jthread> threads_;  ///< last, so that they end first
};

}  // namespace mc::remote
