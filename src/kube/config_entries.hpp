#pragma once
// The cluster and user entries of a kubeconfig. Internal to config.hpp.
//
// Thread-safety: functions without state.

#include "kube/config.hpp"
#include "kube/kubeconfig.hpp"

namespace mc::kube {

/// Server and TLS of a `clusters` entry.
Status readCluster(const KubeconfigEntry& entry, ClientConfig& config);

/// Credentials of a `users` entry.
Status readUser(const KubeconfigEntry& entry, ClientConfig& config);

/// What a `clusters` entry has for credential plugins, as JSON text; empty: nothing.
Result<std::string> execExtension(const KubeconfigEntry& cluster);

}  // namespace mc::kube
