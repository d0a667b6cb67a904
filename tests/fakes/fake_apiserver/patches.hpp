#pragma once
// The patches of the Kubernetes API but for server-side apply (apply.hpp).
//
// Sources: RFC 7386 (merge patch), RFC 6902 and 6901 (JSON patch), and Kubernetes' "strategic merge
// patch" as far as clients use it: lists merged by key, "$patch": "delete" and "replace".
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "fakes/fake_apiserver/api_error.hpp"
#include "fakes/fake_apiserver/resource_type.hpp"

namespace mc::fakes {

void mergePatch(boost::json::object& target, const boost::json::object& patch);

/// 422 if an operation can't be done or a test fails; 400 if the patch itself is malformed.
Outcome<boost::json::object> jsonPatch(const boost::json::object& target,
                                       const boost::json::value& patch);

void strategicMerge(const ResourceType& type, boost::json::object& target,
                    const boost::json::object& patch);

}  // namespace mc::fakes
