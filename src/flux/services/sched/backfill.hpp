#pragma once
// EASY backfill: jobs from behind the first may start as long as the first one starts no later by
// that.
//
// The first job gets a reservation: the earliest time at which, after the time limits of the jobs
// that hold resources, it could start, and the resources it would get then. Where that can't be
// told, since jobs without a time limit are in its way, there is no reservation and no backfill:
// the first job would be overtaken for ever.
//
// Thread-safety: pure functions.

#include <optional>
#include <unordered_map>

#include "flux/formats/job_id.hpp"
#include "flux/services/sched/pool.hpp"

namespace mc::flux::services::sched {

/// So many jobs behind the first are looked at, at most, each time.
constexpr size_t kBackfillDepth = 64;

/// What a job holds, and until when.
struct Holding {
  double expiration = 0;  ///< seconds since the epoch; 0: nobody knows
  formats::ResourceSet resources;
};
using Holdings = std::unordered_map<formats::JobId, Holding>;

struct Reservation {
  double start = 0;  ///< seconds since the epoch
  formats::ResourceSet resources;
};

/// The reservation of a job that `pool` has no room for now.
std::optional<Reservation> reserve(const Pool& pool, const Holdings& holdings,
                                   const formats::JobShape& shape, const Constraint& constraint);

}  // namespace mc::flux::services::sched
