#pragma once
// All that the server knows, behind one lock.
//
// The parts of the server (create.hpp, modify.hpp, remove.hpp, collector.hpp, lists.hpp, watch.hpp)
// are functions over a World whose mutex the caller holds.

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "fakes/fake_apiserver/resource_type.hpp"
#include "fakes/fake_apiserver/store.hpp"
#include "fakes/fake_apiserver/type_table.hpp"

namespace mc::fakes {

struct World {
  World();

  mutable std::mutex mutex;
  /// Told of every change of what follows.
  std::condition_variable_any changed;

  std::shared_ptr<base::Clock> clock = std::make_shared<base::SystemClock>();
  Store store;
  TypeTable types;

  /// Conversions of custom resources, by "plural.group" and version; see define().
  std::map<std::string, std::map<std::string, ServedVersion>> conversions;

  /// Objects (by uid) that the garbage collector must look at.
  std::deque<std::string> suspects;
  /// Whether the garbage collector and the namespace controller run at once after each write.
  bool controllersRun = true;
  bool controllersAtWork = false;
  /// Namespaces that are being deleted.
  std::set<std::string> emptying;

  /// Counters that running watches compare with what they have seen.
  uint64_t bookmarks = 0;
  uint64_t drops = 0;

  [[nodiscard]] double wall() const { return clock->wall(); }
  std::string newUid();
  /// The five characters behind a generateName.
  std::string newSuffix();
  HookContext hookContext(std::string freshUid);

 private:
  uint64_t uids_ = 0;
  uint64_t suffixes_ = 0;
  int numbers_ = 0;
};

/// What a path names.
struct Target {
  TypePtr type;
  ServedVersion version;
  std::string ns;
  std::string name;         ///< empty: the collection
  std::string subresource;  ///< "status", "scale" or empty

  [[nodiscard]] StoreKey key() const { return {type->id(), ns, name}; }
};

/// Who writes, and how.
struct WriteContext {
  std::string fieldManager;  ///< never empty
  bool dryRun = false;
  bool strict = false;  ///< unknown fields are an error (fieldValidation=Strict)
};

/// The object as this version shows it.
Outcome<boost::json::object> fromStored(const Target& target, const boost::json::object& object);
Outcome<boost::json::object> toStored(const Target& target, boost::json::object object);

}  // namespace mc::fakes
