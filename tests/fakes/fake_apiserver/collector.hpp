#pragma once
// What kube-controller-manager does to metadata: the garbage collector (ownerReferences, the orphan
// and foregroundDeletion finalizers) and the namespace controller.
//
// In a real cluster this happens some time later; World::controllersRun says whether it happens at
// once here, or when a test says so.
// Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>

#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

/// An object was put: remembers what the collector has to look at for it.
void noteSuspects(World& world, const StoreKey& key, const boost::json::object& object);
/// An object was erased: the same; and what a CustomResourceDefinition defined goes with it.
void noteErased(World& world, const StoreKey& key, const boost::json::object& object);

/// Works until nothing is left to do, if controllers run at all and are not at work already.
void runControllers(World& world);

}  // namespace mc::fakes
