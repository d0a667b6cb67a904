#pragma once
// Server-side apply: the object that a manager wants, merged into the one that is there.
//
// Source: "Server-Side Apply" of the Kubernetes documentation and structured-merge-diff's Apply:
// merge, take out what the manager had applied before and does not any more, compare, look for
// conflicts with other owners.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "fakes/fake_apiserver/api_error.hpp"
#include "fakes/fake_apiserver/managed_fields.hpp"

namespace mc::fakes {

struct ApplyRequest {
  FieldOwner owner;
  bool force = false;
  std::string time;
};

/// `live` is empty if there is no such object yet. The answer has its managedFields; 409 with the
/// owners as causes if fields of others would change without force.
Outcome<boost::json::object> applyTo(const ResourceType& type, const boost::json::object& live,
                                     boost::json::object config, const ApplyRequest& request);

}  // namespace mc::fakes
