#pragma once
// Loop::child() by way of Loop::readable(), for loops that wait for descriptors.
//
// Thread-safety: as the loop's.

#include <sys/types.h>

#include <functional>

#include "base/loop.hpp"

namespace mc::base {

/// Calls back with the wait status once the child has ended, and reaps it.
[[nodiscard]] Watch watchChild(Loop& loop, pid_t pid, std::function<void(int waitStatus)> callback);

}  // namespace mc::base
