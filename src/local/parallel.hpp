#pragma once
// Doing blocking work side by side.
//
// Thread-safety: may be called from any thread; `work` is called from several at once.

#include <cstddef>
#include <functional>
#include <vector>

#include "base/status.hpp"

namespace mc::local {

/// Calls work(0) ... work(count - 1), up to 16 at a time, in this order of begin. After a failure
/// no further one is begun; the failure of the lowest number is returned.
base::Status forEachParallel(size_t count, const std::function<base::Status(size_t)>& work);

/// The same for unlike pieces of work.
base::Status inParallel(const std::vector<std::function<base::Status()>>& works);

}  // namespace mc::local
