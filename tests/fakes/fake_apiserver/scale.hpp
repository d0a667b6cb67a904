#pragma once
// The scale subresource: an object's number of replicas as an autoscaling/v1 Scale.
//
// Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>

#include "fakes/fake_apiserver/world.hpp"
#include "fakes/fake_apiserver/writes.hpp"

namespace mc::fakes {

Outcome<boost::json::object> readScale(const World& world, const Target& target);

/// Gets the Scale as it is, returns it as it shall be.
Outcome<boost::json::object> changeScale(World& world, const Target& target, const Mutation& change,
                                         const WriteContext& context);

}  // namespace mc::fakes
