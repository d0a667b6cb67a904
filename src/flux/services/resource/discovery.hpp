#pragma once
// What this broker's node really gives: cores and GPUs, as far as the container's limits allow.
//
// Cores are physical cores that the process may run on (its affinity, which a cpuset narrows too),
// but no more than the cgroup's CPU quota is worth: a pod limited to 2 CPUs has 2 cores. Both
// versions of cgroups are read. Core and GPU ids are logical, 0 to count-1, as hwloc numbers them.
//
// Thread-safety: pure functions of the file system.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flux/formats/resource_set.hpp"

namespace mc::flux::services::resource {

/// Where to look; tests point it to a directory of their own.
struct System {
  std::string root;       ///< in front of /proc, /sys and /dev
  std::vector<int> cpus;  ///< logical CPUs that the process may run on
  /// NVIDIA_VISIBLE_DEVICES, with which a container asks for its share of the GPUs.
  std::optional<std::string> visibleGpus = {};
};

/// The machine as this process sees it.
System thisSystem();

/// Physical cores among the CPUs of `system`.
uint32_t physicalCores(const System& system);

/// The CPU quota of the process's cgroup and those above it, in CPUs; 0 where there is none.
double cpuQuota(const System& system);

/// GPUs by their device nodes: NVIDIA's, of which a privileged container has all but may be meant
/// to use only the visible ones; else AMD's render nodes with a compute driver.
uint32_t gpuCount(const System& system);

/// All of it. The host name is left empty.
formats::NodeResources discover(const System& system);

}  // namespace mc::flux::services::resource
