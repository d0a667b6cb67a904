#pragma once
// Probes as the Docker Engine's health checks. The engine asks; who answers is minicluster-entry,
// which runs in the container from the owner's volume: so a probe needs nothing of the image, and
// its words (which probe, what it said) come back with the container's state.
//
// Source: Kubernetes API core/v1 Probe; Docker Engine API, HealthConfig.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "plan/plan.hpp"

namespace mc::local {

/// "Healthcheck" of a container; one without probes has none, not even its image's.
boost::json::object healthCheck(const plan::Container& container);

}  // namespace mc::local
