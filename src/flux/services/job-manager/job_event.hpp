#pragma once
// What an event of the job's eventlog means for the job (RFC 21): the state machine, without
// effects.
//
// The same function serves events as they happen and the replay of a stored eventlog, so that both
// give the same job.
//
// Thread-safety: pure functions.

#include <boost/json.hpp>
#include <string_view>

#include "base/status.hpp"
#include "flux/services/job-manager/job.hpp"

namespace mc::flux::services::manager {

/// Applies one event. EPROTO if its context lacks something or it does not fit the job's state;
/// the job is then as before. Unknown events are allowed and change nothing.
base::Status applyEvent(Job& job, double timestamp, std::string_view name,
                        const boost::json::object& context);

/// Copies the members of `changes` into `annotations`: objects are merged, null removes a key
/// (RFC 27).
void mergeAnnotations(boost::json::object& annotations, const boost::json::object& changes);

}  // namespace mc::flux::services::manager
