#pragma once
// Names of the Docker objects that belong to a MiniCluster. They follow from what they are for, so
// that two commands at once meet in the same names instead of making things twice. Kubernetes'
// names hold no "_", which therefore separates the parts.
//
// Thread-safety: pure functions, but newUid().

#include <string>

#include "local/vocabulary.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// Hexadecimal digest (BLAKE2b, 128 bits) of `text`.
std::string digestOf(std::string_view text);

/// A random UUID (RFC 4122, version 4), as Kubernetes gives to objects.
std::string newUid();
/// The same UUID for the same `text`, for objects that belong to one with a random UUID.
std::string derivedUid(const std::string& text);

/// The volume that is a cluster's record and is mounted at entry::kMountPath.
std::string recordVolume(const ClusterRef& ref);
/// The volume whose presence says that the cluster is being removed.
std::string removalVolume(const ClusterRef& ref);
/// The record after its `revision`-th change.
std::string revisionVolume(const ClusterRef& ref, int64_t revision);
/// The network that the pods of a namespace share.
std::string networkName(const std::string& ns);

/// "flux-sample-0-x7k2p": five characters of Kubernetes' alphabet, the same each time for one
/// cluster. The services pod and pods of other kinds keep their plain name.
std::string podName(const plan::Pod& pod, const std::string& clusterUid);
std::string pauseName(const std::string& ns, const std::string& pod);
std::string containerName(const std::string& ns, const std::string& pod,
                          const std::string& container);
/// The volume of an emptyDir, or of files from ConfigMaps and Secrets.
std::string podVolumeName(const std::string& ns, const std::string& pod, const std::string& volume);

/// The container that passes on the connections of a Service.
std::string forwarderName(const ClusterRef& service);
/// The volume that says why a container is not there yet.
std::string waitMark(const std::string& ns, const std::string& pod, const std::string& container);
/// A name in the namespace's network that leads to all running pods with this label.
std::string labelAlias(const std::string& key, const std::string& value);

}  // namespace mc::local
