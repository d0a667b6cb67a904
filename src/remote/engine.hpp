#pragma once
// The remote engine: MiniClusters on a Kubernetes cluster, where the operator carries them out. It
// makes, changes and deletes MiniCluster objects, and shows them and what belongs to them; with
// kubectl's habits and words.
//
// It keeps no state: what it knows of a cluster is what the API server says.
// Errors, beside those of engine::Engine: ENODEV if the operator is not installed.

#include <memory>
#include <string>

#include "engine/engine.hpp"
#include "kube/config.hpp"

namespace mc::remote {

/// The engine at the API server that a kubeconfig or a pod's service account names. Makes no
/// request yet; EINVAL if the configuration can't be used.
base::Result<std::unique_ptr<engine::Engine>> makeEngine(const kube::ConfigOverrides& overrides,
                                                         const kube::Environment& environment);

/// The namespace of the context in use; "default" if it names none or can't be read.
std::string contextNamespace(const kube::ConfigOverrides& overrides,
                             const kube::Environment& environment);

}  // namespace mc::remote
