#pragma once
// A kube::Client without a server: keeps objects in memory and records every call.
//
//   FakeKubeClient client;
//   client.put(kube::kPods, pod);                     // as somebody else would
//   client.onCall = [](const KubeCall& call) {...};   // refuse a call, or just look
//   ... code under test ...
//   EXPECT_EQ(client.log(), (std::vector<std::string>{"get pods default/a"}));
//
// What it does not do, and a server does: validation, defaults, admission, finalizers, owners,
// selectors, field ownership, patches other than merge patches. apply() merges objects and replaces
// lists. For those there is the API server of fakes/fake_apiserver.
//
// Thread-safety: as kube::Client; set onCall before other threads start.

#include <boost/json/value.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kube/client.hpp"

namespace mc::fakes {

struct KubeCall {
  std::string verb;      ///< get, list, watch, create, update, patch, apply, delete, raw
  std::string resource;  ///< "pods", "jobs.batch"
  kube::ObjectKey key;
  std::string subresource;
  boost::json::value body;
  std::string resourceVersion;  ///< of a watch

  /// "apply jobs.batch/status default/a".
  [[nodiscard]] std::string text() const;
};

class FakeKubeClient final : public kube::Client {
 public:
  /// An error in place of the answer. Called before anything is changed, without a lock.
  std::function<std::optional<kube::Error>(const KubeCall&)> onCall;
  /// The same after the change was made, as if the answer had been lost.
  std::function<std::optional<kube::Error>(const KubeCall&)> onAnswer;

  // The test's side.

  /// Makes or replaces an object, as another client would. What is stored then.
  kube::Object put(const kube::Resource& resource, const kube::Object& object);
  void erase(const kube::Resource& resource, const kube::ObjectKey& key);
  [[nodiscard]] std::optional<kube::Object> stored(const kube::Resource& resource,
                                                   const kube::ObjectKey& key) const;
  [[nodiscard]] size_t count(const kube::Resource& resource) const;

  [[nodiscard]] std::vector<KubeCall> calls() const;
  /// calls() as texts.
  [[nodiscard]] std::vector<std::string> log() const;
  void forgetCalls();
  /// Waits until `count` calls of this text have been made.
  void awaitCalls(const std::string& text, size_t count);

  /// Ends the watches that are open, with an error or as a server does at the end of its time.
  void endWatches(std::optional<kube::Error> error = {});
  /// Sends a bookmark to the watches of a resource.
  void bookmark(const kube::Resource& resource);
  /// Forgets what happened up to now: a watch from an older resourceVersion is Gone.
  void compact();

  kube::Result<kube::Object> get(const kube::Resource& resource, const kube::ObjectKey& key,
                                 const kube::GetOptions& options,
                                 const kube::CallOptions& call) override;
  kube::Result<kube::ListInfo> list(const kube::Resource& resource,
                                    const kube::ListOptions& options,
                                    const kube::ItemHandler& onItem,
                                    const kube::CallOptions& call) override;
  kube::Status watch(const kube::Resource& resource, const kube::WatchOptions& options,
                     const kube::EventHandler& onEvent, const kube::CallOptions& call) override;
  kube::Result<kube::Object> create(const kube::Resource& resource, const kube::Object& object,
                                    const kube::WriteOptions& options,
                                    const kube::CallOptions& call) override;
  kube::Result<kube::Object> update(const kube::Resource& resource, const kube::Object& object,
                                    const kube::WriteOptions& options,
                                    const kube::CallOptions& call) override;
  kube::Result<kube::Object> patch(const kube::Resource& resource, const kube::ObjectKey& key,
                                   kube::PatchType type, const boost::json::value& patch,
                                   const kube::WriteOptions& options,
                                   const kube::CallOptions& call) override;
  kube::Result<kube::Object> apply(const kube::Resource& resource, const kube::Object& object,
                                   const kube::ApplyOptions& options,
                                   const kube::CallOptions& call) override;
  kube::Result<kube::Object> remove(const kube::Resource& resource, const kube::ObjectKey& key,
                                    const kube::DeleteOptions& options,
                                    const kube::CallOptions& call) override;
  kube::Result<boost::json::value> getRaw(const std::string& path,
                                          const kube::CallOptions& call) override;

 private:
  using Objects = std::map<kube::ObjectKey, kube::Object>;
  struct Happened {
    uint64_t version;
    std::string resource;
    kube::EventType type;
    kube::Object object;
  };

  [[nodiscard]] uint64_t watchRound() const;
  kube::Status record(KubeCall call);
  kube::Result<kube::Object> answer(const KubeCall& call, kube::Object object);
  kube::Object store(const kube::Resource& resource, kube::Object object);
  void drop(const kube::Resource& resource, Objects::iterator at);
  kube::Object* findObject(const kube::Resource& resource, const kube::ObjectKey& key);
  kube::Result<kube::Object> merge(const KubeCall& call, const kube::Resource& resource,
                                   bool create);
  std::optional<Happened> nextEvent(const kube::Resource& resource, const std::string& ns,
                                    uint64_t after) const;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Objects> objects_;
  std::vector<Happened> history_;
  std::vector<KubeCall> calls_;
  uint64_t version_ = 100;
  uint64_t compacted_ = 0;
  uint64_t nextUid_ = 1;
  uint64_t watchRound_ = 0;  ///< grows with endWatches()
  std::optional<kube::Error> watchError_;
};

}  // namespace mc::fakes
