#pragma once
// A cache of one resource that keeps itself up to date, and tells of changes.
//
// Thread-safety: start() and stop() by one thread; cache(), synced() and waitForSync() from any.
// Handlers are called on the informer's own thread, one after the other, after the cache has
// changed.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_set>
#include <vector>

#include "kube/cache.hpp"
#include "kube/reflector.hpp"

namespace mc::kube {

/// What happened to an object. Of a change missed while the watch was broken, only the outcome.
struct Change {
  ObjectPtr before = {};  ///< null: new
  ObjectPtr after = {};   ///< null: gone
  /// Known from a list, not from a watch: of the start, or after the connection was lost.
  bool fromList = false;
};

struct InformerOptions {
  ReflectorOptions reflector = {};
  Indexes indexes = {};
  /// Takes away what nobody reads, before an object is kept: memory. apiVersion, kind,
  /// metadata.name, namespace, uid and resourceVersion must stay.
  std::function<void(Object&)> transform = {};
  /// Lists and watches that failed, for logs.
  std::function<void(const Error&)> onError = {};
};

class Informer final : private ReflectorSink {
 public:
  using Handler = std::function<void(const Change&)>;

  Informer(Client& client, Timer& timer, Resource resource, InformerOptions options);
  ~Informer() override;

  /// Before start().
  void addHandler(Handler handler);
  void start();
  /// Ends the watch and waits for the thread. Idempotent.
  void stop();

  [[nodiscard]] const Cache& cache() const { return cache_; }
  [[nodiscard]] const Resource& resource() const { return resource_; }
  /// Whether the first list is complete and its handlers have been called.
  [[nodiscard]] bool synced() const;
  /// False if `stop` came first.
  bool waitForSync(const std::stop_token& stop) const;

 private:
  void beginList() override;
  void listed(Object object) override;
  void endList() override;
  void changed(WatchEvent event) override;
  void failed(const Error& error) override;

  void put(Object object, bool fromList);
  void erase(const ObjectKey& key, ObjectPtr last, bool fromList);
  void tell(const Change& change) const;

  Resource resource_;
  InformerOptions options_;
  Cache cache_;
  std::vector<Handler> handlers_;
  std::unordered_set<ObjectKey, ObjectKeyHash> listed_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any syncedChanged_;
  bool synced_ = false;
  Reflector reflector_;
  std::jthread thread_;  ///< last, so that it ends first
};

}  // namespace mc::kube
