#pragma once
// Making and changing objects: what an API server does between a request and the store.
//
// Source: "API concepts" and the API conventions of Kubernetes (metadata, spec and status,
// optimistic locking, dry run). Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>
#include <functional>
#include <optional>

#include "fakes/fake_apiserver/apply.hpp"
#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

/// Objects come and go in target.version.
struct Written {
  boost::json::object object;
  bool created = false;
};

Outcome<Written> createObject(World& world, const Target& target, boost::json::object object,
                              const WriteContext& context);

/// PUT.
Outcome<Written> replaceObject(World& world, const Target& target, boost::json::object object,
                               const WriteContext& context);

/// Gets the object as it is and returns it as it shall be.
using Mutation = std::function<Outcome<boost::json::object>(const boost::json::object& live)>;
/// PATCH but for apply.
Outcome<Written> changeObject(World& world, const Target& target, const Mutation& change,
                              const WriteContext& context);

/// PATCH with an applied configuration.
Outcome<Written> applyObject(World& world, const Target& target, boost::json::object config,
                             bool force, const WriteContext& context);

/// Puts an object that a write has changed, or removes it when nothing keeps it any more. Runs the
/// controllers. Nothing is written if nothing differs from `before` (null: a new one).
StoredObject commit(World& world, const StoreKey& key, boost::json::object object,
                    const StoredObject& before);

}  // namespace mc::fakes
