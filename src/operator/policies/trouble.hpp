#pragma once
// What keeps a pod from being ready, in words for the one who wrote the manifest: which container,
// and why.
//
// Source: Kubernetes API, core/v1 PodStatus and ContainerStatus. Thread-safety: pure functions.

#include <string>

#include "api/minicluster.hpp"
#include "kube/object.hpp"

namespace mc::controller {

/// "container registry: CrashLoopBackOff, it ended with exit status 1: no configuration". Empty: it
/// is ready, or nothing but time is missing. `wanted`, which may be null, tells the ports.
std::string troubleOf(const kube::Object& pod, const api::MiniCluster* wanted);

/// Why a pod that has ended did so, if not by its containers: "Evicted: ...". Empty: it has not.
std::string endOf(const kube::Object& pod);

}  // namespace mc::controller
