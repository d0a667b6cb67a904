#pragma once
// Which CPUs (hardware threads) make up each core, numbered as hwloc numbers cores within what this
// process may use; R's core ids are such numbers.
//
// Read from sysfs, which takes a fraction of a millisecond, where a whole hwloc topology would take
// longer than many a job.
//
// Thread-safety: safe from any thread.

#include <string>
#include <vector>

#include "flux/formats/idset.hpp"

namespace mc::flux::shell {

/// The CPUs that this process may run on.
formats::Idset allowedCpus();

/// The CPUs of each core, of `allowed` only; in order of package and first CPU. Empty where the
/// system does not tell. `root`: usually /sys/devices/system/cpu.
std::vector<formats::Idset> readCores(const formats::Idset& allowed, const std::string& root);

/// Makes this process and what it starts run on the given CPUs only.
bool runOn(const formats::Idset& cpus);

}  // namespace mc::flux::shell
