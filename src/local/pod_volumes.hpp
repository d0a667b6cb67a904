#pragma once
// Volumes that belong to one pod: emptyDirs, and files from ConfigMaps and Secrets. They are Docker
// volumes that the pod's pause container mounts below /volumes, so that they can be filled through
// it before anything of the pod runs.
//
// Thread-safety: may be called from any thread.

#include <boost/json/array.hpp>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/record.hpp"
#include "local/store.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// Whether a volume is made for its pod and goes with it.
bool isPodOwned(const plan::PodVolume& volume);

/// Whether something has to be put into volumes of the pod before it starts: files, or the mode
/// that a directory of a workload pod has on Kubernetes.
bool needsFilling(const plan::Pod& pod);

/// Makes one such volume; `pod` is its name with suffix.
base::Status makePodVolume(docker::Client& client, const Record& record, const std::string& pod,
                           const plan::PodVolume& volume, const std::stop_token& stop);

/// The mounts of a pause container through which its volumes are filled.
boost::json::array fillMounts(const std::string& ns, const std::string& podName,
                              const plan::Pod& pod);

/// Puts files and modes into the volumes. `filesOnly`: for a pod that runs, whose emptyDirs are no
/// business of ours any more. ENOENT names a ConfigMap, Secret or key that is missing.
base::Status fillVolumes(docker::Client& client, const std::string& pauseId, const plan::Pod& pod,
                         DataReader& data, bool filesOnly, const std::stop_token& stop);

}  // namespace mc::local
