#pragma once
// The backing store in an SQLite database, `content.sqlite` in the broker's statedir.
//
// The tables `objects` (hash, size, object) and `checkpt` (key, value) are laid out like those of
// flux-core's content-sqlite, `journal` is ours. The database is in WAL mode with
// synchronous=NORMAL: a commit survives the end of the process, however it comes; after a loss of
// power the database is sound, but the last commits may be missing.
//
// One process at a time: a second one that opens the same file gets EBUSY.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <string>

#include "flux/services/content/backing.hpp"

namespace mc::flux::services::content {

/// Opens the database at `path`, making it if there is none. EBUSY if another broker uses it; EIO
/// with the path and what is wrong if it is damaged or something else.
base::Result<std::unique_ptr<Backing>> openSqlite(const std::string& path);

}  // namespace mc::flux::services::content
