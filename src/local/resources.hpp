#pragma once
// Kubernetes' resource limits and requests as the Docker Engine's.
//
// cpu: limit -> NanoCpus, request -> CpuShares (1024 a core); memory: limit -> Memory without swap,
// request -> MemoryReservation; nvidia.com/gpu, amd.com/gpu and the like -> DeviceRequests. A
// request that is absent is the limit. ephemeral-storage has no counterpart and is left to the
// disk.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "api/minicluster.hpp"
#include "base/status.hpp"

namespace mc::local {

/// Adds to a HostConfig. `machineCpus` 0: unknown. EINVAL for a resource that a machine does not
/// have.
base::Status addResources(const api::Resources& resources, int64_t machineCpus,
                          boost::json::object& hostConfig);

/// Whether a limit depends on the machine's number of CPUs.
bool needsMachineCpus(const api::Resources& resources);

}  // namespace mc::local
