#pragma once
// The labels that hold the local engine's state. Changing a key or a value's form loses the
// clusters of earlier versions.
//
// Thread-safety: constants.

namespace mc::local::label {

// Every object of ours.
constexpr const char* kManagedBy = "app.kubernetes.io/managed-by";  ///< kManager
constexpr const char* kManager = "minicluster";
constexpr const char* kNamespace = "flux-framework.org/namespace";
constexpr const char* kPart = "flux-framework.org/part";  ///< one of the kPart... below

// Every object of one MiniCluster.
constexpr const char* kAppName = "app.kubernetes.io/name";
constexpr const char* kCluster = "flux-framework.org/minicluster";
constexpr const char* kUid = "flux-framework.org/uid";

// The record.
constexpr const char* kCreated = "flux-framework.org/created";    ///< RFC 3339
constexpr const char* kManifest = "flux-framework.org/manifest";  ///< JSON without secrets
constexpr const char* kPlanDigest = "flux-framework.org/plan-digest";
constexpr const char* kFacts = "flux-framework.org/facts";  ///< JSON, see record.cpp

// Containers.
constexpr const char* kPod = "flux-framework.org/pod";           ///< with suffix
constexpr const char* kPodSpec = "flux-framework.org/pod-spec";  ///< pause only; JSON
constexpr const char* kRole = "flux-framework.org/role";  ///< kLead on the lead's Flux container
constexpr const char* kLead = "lead";
constexpr const char* kContainer = "flux-framework.org/container";  ///< name in the manifest

constexpr const char* kPartRecord = "record";
constexpr const char* kPartRevision = "revision";  ///< a later record, see record.hpp
constexpr const char* kPartRemoval = "removal";
constexpr const char* kPartNetwork = "network";
constexpr const char* kPartVolume = "volume";  ///< of an emptyDir
constexpr const char* kPartPause = "pause";
constexpr const char* kPartContainer = "container";
constexpr const char* kPartTools = "tools";          ///< image
constexpr const char* kPartForwarder = "forwarder";  ///< of a Service
constexpr const char* kPartWaiting = "waiting";      ///< why a container is not there, see below

// A volume that says why a container of a workload is not there yet.
constexpr const char* kReason = "flux-framework.org/reason";    ///< ErrImagePull ...
constexpr const char* kMessage = "flux-framework.org/message";  ///< in words
constexpr const char* kTries = "flux-framework.org/tries";      ///< how often it was tried

/// Of containers through which the content of a ConfigMap or Secret is read or written, which
/// belong to no cluster: the volume's name.
constexpr const char* kContentOf = "flux-framework.org/content-of";

}  // namespace mc::local::label
