#pragma once
// What the KVS holds of a job (RFC 16), and its jobspec and R as later events have changed them
// (jobspec-update and resource-update of RFC 21).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/services/job-manager/job.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::manager {

/// The value of `key` in the job's directory. ENOENT if there is none.
base::Result<std::string> readDocument(kvs::Store& store, JobId id, std::string_view key);

/// The same, with the updates that the eventlog tells of where `key` is "jobspec" or "R". A
/// document that was never updated comes byte by byte as it is stored.
base::Result<std::string> readCurrent(kvs::Store& store, JobId id, std::string_view key);

}  // namespace mc::flux::services::manager
