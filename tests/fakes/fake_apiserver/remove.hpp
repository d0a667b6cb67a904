#pragma once
// Deleting objects: finalizers, grace, what becomes of dependents.
//
// Source: "Garbage Collection", "Finalizers" and "Pod termination" of the Kubernetes documentation.
// Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

enum class Dependents { Default, Background, Foreground, Orphan };

struct RemoveOptions {
  Dependents dependents = Dependents::Default;
  std::string uid = {};              ///< precondition; empty: none
  std::string resourceVersion = {};  ///< precondition; empty: none
  std::optional<int64_t> gracePeriodSeconds = {};
  bool dryRun = false;
};

/// The body of a DELETE (meta/v1 DeleteOptions).
Outcome<RemoveOptions> readRemoveOptions(const boost::json::object& body);

/// The answer: the object while something holds it (or for types that show it), else a Status.
Outcome<boost::json::object> removeObject(World& world, const Target& target,
                                          const RemoveOptions& options);

/// The same for controllers: by key, without an answer.
void removeKey(World& world, const StoreKey& key, Dependents dependents);

}  // namespace mc::fakes
