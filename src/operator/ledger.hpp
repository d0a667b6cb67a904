#pragma once
// What was written and has not come back through a watch yet, so that it is not written twice.
//
// An entry goes when its object shows up in a watch, whatever it looks like there: at worst
// something is written once more, and every write may be repeated.
//
// And what somebody else has changed: it has our hash still, and must be written in spite of it.
//
// Thread-safety: all methods from any thread at once.

#include <boost/json/object.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "kube/object.hpp"
#include "kube/resource.hpp"

namespace mc::controller {

class Ledger {
 public:
  /// Before the request is sent, so that what the watch says of it is always later.
  void writing(const kube::Resource& resource, const kube::ObjectKey& key, std::string hash);
  /// The hash that was written; nothing: the cache knows.
  [[nodiscard]] std::optional<std::string> written(const kube::Resource& resource,
                                                   const kube::ObjectKey& key) const;

  /// Somebody else may have changed it; until it is written.
  void doubt(const kube::Resource& resource, const kube::ObjectKey& key);
  [[nodiscard]] bool isDoubted(const kube::Resource& resource, const kube::ObjectKey& key) const;
  /// It is being written, or gone. Whether it was doubted.
  bool trust(const kube::Resource& resource, const kube::ObjectKey& key);

  /// As writing() and written(), for the status of MiniClusters.
  void writingStatus(const kube::ObjectKey& key, boost::json::object status);
  [[nodiscard]] std::optional<boost::json::object> status(const kube::ObjectKey& key) const;

  /// The watch told of it, or the request failed.
  void seen(const kube::Resource& resource, const kube::ObjectKey& key);
  void statusSeen(const kube::ObjectKey& key);

  [[nodiscard]] size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::string> hashes_;
  std::unordered_set<std::string> doubted_;
  std::unordered_map<kube::ObjectKey, boost::json::object, kube::ObjectKeyHash> statuses_;
};

}  // namespace mc::controller
