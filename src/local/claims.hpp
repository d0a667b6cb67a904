#pragma once
// Putting records into the engine's volumes, so that of several commands one wins and all know it.
//
// Thread-safety: may be called from any thread.

#include <stop_token>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/record.hpp"

namespace mc::local {

/// The record in force: `proposed`, or that of whoever came first, since a volume keeps the labels
/// it was made with. EBUSY if another command keeps making volumes of this name.
base::Result<Record> claimRecord(docker::Client& client, const Record& proposed,
                                 const std::stop_token& stop);

/// Puts a revision in force, in the place of revision number `former`. EBUSY if another command has
/// put in another one.
base::Status putRevision(docker::Client& client, const Record& record, int64_t former,
                         const std::stop_token& stop);

}  // namespace mc::local
