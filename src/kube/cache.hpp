#pragma once
// What a reflector has seen: objects by namespace and name, and by named indexes.
//
// Objects are shared and never change, so readers keep what they got while newer ones come in.
// Thread-safety: all methods from any thread at once.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kube/object.hpp"

namespace mc::kube {

/// The values under which an object is found ("the UID of its owner").
using IndexFunction = std::function<std::vector<std::string>(const Object&)>;
using Indexes = std::map<std::string, IndexFunction>;

/// For Indexes: the UID of the controlling owner, the value of a label, the namespace.
IndexFunction byControllerUid();
IndexFunction byLabel(std::string label);
IndexFunction byNamespace();

class Cache {
 public:
  explicit Cache(Indexes indexes = {});

  /// Null if there is none.
  [[nodiscard]] ObjectPtr get(const ObjectKey& key) const;
  /// In the order of their keys; empty for an index that was not named at construction.
  [[nodiscard]] std::vector<ObjectPtr> find(const std::string& index,
                                            const std::string& value) const;
  /// In the order of their keys.
  [[nodiscard]] std::vector<ObjectPtr> all() const;
  [[nodiscard]] std::vector<ObjectKey> keys() const;
  [[nodiscard]] size_t size() const;

  /// The object that was there before, or null.
  ObjectPtr put(const ObjectPtr& object);
  ObjectPtr erase(const ObjectKey& key);

 private:
  using Buckets = std::unordered_map<std::string, std::set<ObjectKey>>;
  struct Index {
    IndexFunction values;
    Buckets buckets;
  };
  void enter(const ObjectKey& key, const Object& object);
  void leave(const ObjectKey& key, const Object& object);

  mutable std::shared_mutex mutex_;
  std::unordered_map<ObjectKey, ObjectPtr, ObjectKeyHash> objects_;
  std::map<std::string, Index> indexes_;
};

}  // namespace mc::kube
