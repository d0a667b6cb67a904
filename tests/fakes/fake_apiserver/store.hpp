#pragma once
// What etcd is to an API server: objects by key, one revision for all of them, and the history of
// changes until it is compacted away.
//
// Knows nothing of what objects mean, but for metadata.uid, .ownerReferences and .resourceVersion.
// Thread-safety: none; World's mutex guards it.

#include <boost/json/object.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace mc::fakes {

struct StoreKey {
  std::string type;  ///< ResourceType::id()
  std::string ns;    ///< empty for cluster-wide objects
  std::string name;
  auto operator<=>(const StoreKey&) const = default;
};

using StoredObject = std::shared_ptr<const boost::json::object>;

struct Change {
  enum class Kind { Added, Modified, Deleted };
  int64_t revision = 0;
  Kind kind = Kind::Added;
  StoreKey key;
  StoredObject now;     ///< of a deletion: the last state, with the deletion's revision
  StoredObject before;  ///< null for an addition
};

class Store {
 public:
  /// The newest revision.
  [[nodiscard]] int64_t revision() const { return revision_; }
  /// History up to this revision is gone.
  [[nodiscard]] int64_t compacted() const { return compacted_; }
  void compact(int64_t revision);
  /// Counts a revision up as if something had changed that nobody here looks at.
  int64_t skipRevision() { return ++revision_; }

  [[nodiscard]] StoredObject find(const StoreKey& key) const;
  /// Null if there is none with this uid. The key goes to `key` if it is not null.
  [[nodiscard]] StoredObject findUid(const std::string& uid, StoreKey* key = nullptr) const;
  /// Objects of a type in their order of keys, in one namespace or (empty) in all, as they were at
  /// `revision`, which must not be compacted.
  [[nodiscard]] std::vector<std::pair<StoreKey, StoredObject>> list(const std::string& type,
                                                                    const std::string& ns,
                                                                    int64_t revision) const;
  /// Everything in a namespace.
  [[nodiscard]] std::vector<StoreKey> inNamespace(const std::string& ns) const;
  /// Objects with an ownerReference to this uid.
  [[nodiscard]] std::vector<StoreKey> dependents(const std::string& uid) const;

  /// Makes or changes an object; it gets the next revision as its resourceVersion.
  StoredObject put(const StoreKey& key, boost::json::object object);
  /// Removes an object that is there; returns its last state.
  StoredObject erase(const StoreKey& key);

  /// All changes since the store began, compacted ones too (for watches that already run).
  [[nodiscard]] const std::vector<Change>& history() const { return history_; }

 private:
  using Objects = std::map<StoreKey, StoredObject>;
  void index(const StoreKey& key, const boost::json::object& object);
  void unindex(const StoreKey& key, const boost::json::object& object);

  int64_t revision_ = 1;
  int64_t compacted_ = 0;
  Objects objects_;
  std::unordered_map<std::string, StoreKey> byUid_;
  std::unordered_map<std::string, std::set<StoreKey>> byOwner_;
  std::vector<Change> history_;
};

}  // namespace mc::fakes
