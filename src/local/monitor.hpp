#pragma once
// The background process that ends a cluster when its job has ended, after `minicluster create` has
// returned. It holds no state: whatever it misses, a later one or the next command does.
//
// One per cluster at a time, known by an abstract unix socket, which goes with the process however
// that ends.
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/vocabulary.hpp"
#include "local/workload.hpp"

namespace mc::local {

/// For the owner of a workload: brings its pods to what is wanted as soon as what they wait for is
/// there, starts containers again whose liveness probe fails, or ends a removal that was begun.
/// Returns when there is nothing left to wait for, or another monitor of it is at work.
base::Status monitorWorkload(const WorkloadContext& context, const ClusterRef& ref,
                             const std::stop_token& stop);

/// Engine::monitor().
base::Status monitorCluster(docker::Client& client, const ClusterRef& ref,
                            const std::stop_token& stop);

/// Starts `PROGRAM monitor NS NAME` in a session of its own, without input and output.
/// `dockerHost` is put into its environment.
base::Status startMonitorProcess(const std::string& program, const std::string& dockerHost,
                                 const ClusterRef& ref);

}  // namespace mc::local
