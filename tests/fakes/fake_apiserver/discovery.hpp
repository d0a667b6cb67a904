#pragma once
// What the server says of itself: /version, /api, /apis and the lists of resources below them.
//
// Source: "The Kubernetes API", unaggregated discovery (meta/v1 APIGroupList, APIResourceList).
// Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>
#include <string>

#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

/// The document at a path that names no resource; 404 for others.
Outcome<boost::json::object> discover(const World& world, const std::string& path);

}  // namespace mc::fakes
