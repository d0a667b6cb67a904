#pragma once
// Names, labels and annotations of a MiniCluster's objects. Changing one loses sight of the objects
// of earlier versions.
//
// Thread-safety: constants and pure functions.

#include <string>
#include <string_view>

namespace mc::controller {

// Every object of ours.
inline constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kManager = "minicluster";  ///< also the field manager
inline constexpr std::string_view kNameLabel = "app.kubernetes.io/name";
/// Name of the MiniCluster; absent from what several of them share.
inline constexpr std::string_view kClusterLabel = "flux-framework.org/cluster";

// Pods.
inline constexpr std::string_view kRoleLabel = "flux-framework.org/role";
inline constexpr std::string_view kFluxRole = "flux";
inline constexpr std::string_view kServicesRole = "services";
/// The headless Service that gives the pod its name.
inline constexpr std::string_view kSubdomainLabel = "flux-framework.org/subdomain";

/// Hash of what was applied: tells a difference without reading the object back.
inline constexpr std::string_view kAppliedHash = "flux-framework.org/applied-hash";

/// Kueue's: if the Job has it, Kueue and nobody else decides whether the Job is suspended.
inline constexpr std::string_view kQueueLabel = "kueue.x-k8s.io/queue-name";
/// Of all labels that Kueue reads: the queue, the priority class.
inline constexpr std::string_view kKueuePrefix = "kueue.x-k8s.io/";

inline constexpr std::string_view kApiVersion = "flux-framework.org/v1alpha2";
inline constexpr std::string_view kKind = "MiniCluster";

/// Names of Services are labels of DNS.
constexpr size_t kLongestServiceName = 63;

std::string jobName(const std::string& cluster);
std::string configMapName(const std::string& cluster);
/// Of one MiniCluster alone, not of another by the same name before or after it: that it is there
/// already then means that it is ours, and no Secret ever has to be read.
std::string secretName(const std::string& cluster, const std::string& uid);
/// "CLUSTER-SIDECAR". One that would be too long, or begin with a digit, gets a hash and a letter.
std::string sidecarServiceName(const std::string& cluster, const std::string& sidecar);

}  // namespace mc::controller
