#pragma once
// Changes of a MiniCluster that exists: which can be made in place, and which can't.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <vector>

#include "api/read.hpp"

namespace mc::controller {

/// The most pods that a MiniCluster may grow to: what its Flux was configured for when it was made.
/// `cluster` as the API server keeps it.
int64_t maximumSize(const boost::json::object& cluster);

/// What of a change has to be refused, one problem per field; empty: it can be made. In place go
/// size (from 1 to maximumSize), suspend, cleanup and ttlSecondsAfterFinished; of a cluster that
/// has finished, only the last two. Both objects are of the same version, checked by themselves,
/// `old` with its status.
std::vector<api::Problem> checkUpdate(const boost::json::object& old,
                                      const boost::json::object& wanted);

/// `spec` without what may change in place: equal as long as the objects made from it can stay.
boost::json::object fixedSpec(const boost::json::object& cluster);

}  // namespace mc::controller
