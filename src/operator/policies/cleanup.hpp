#pragma once
// When a finished MiniCluster is deleted.
//
// Thread-safety: pure functions.

#include <optional>

#include "kube/object.hpp"

namespace mc::controller {

/// Unix time at which the MiniCluster is to go: its end if spec.cleanup, some time after it by
/// spec.ttlSecondsAfterFinished; the earlier of both. Nothing: it stays, or has not finished.
std::optional<double> deletionTime(const kube::Object& cluster);

}  // namespace mc::controller
