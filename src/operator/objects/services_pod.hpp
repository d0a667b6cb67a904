#pragma once
// The pod of spec.services, beside the Job's: it runs as long as the cluster does.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "operator/objects/pod_spec.hpp"

namespace mc::controller {

/// blueprint.servicesPod must be there.
boost::json::object servicesPod(const Blueprint& blueprint, const ServiceAddresses& addresses);

}  // namespace mc::controller
