#pragma once
// What every object's metadata must keep to.
//
// Source: "Object Names and IDs", "Labels and Selectors" and "Finalizers" of the Kubernetes
// documentation. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <vector>

#include "fakes/fake_apiserver/api_error.hpp"
#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

/// `before` is null at a create.
std::vector<ApiCause> checkMetadata(const ResourceType& type, const boost::json::object& now,
                                    const boost::json::object* before);

}  // namespace mc::fakes
