#pragma once
// What strings of Kubernetes' own kinds must look like, as far as MiniClusters have none of them.
//
// Source: Kubernetes API conventions (IANA_SVC_NAME for names of ports) and core/v1.
// Thread-safety: constants and pure functions.

#include "api/formats.hpp"

namespace mc::core {

/// Name of a port: at most 15 of [a-z0-9-], at least one letter.
extern const api::Format kPortName;
/// Number or name of a port.
extern const api::Format kPortRef;
/// A path within a volume: relative, without "..".
extern const api::Format kRelativePath;
/// Field of a pod that a variable may hold.
extern const api::Format kFieldPath;
/// Key of a ConfigMap or Secret.
extern const api::Format kDataKey;
/// An IP address.
extern const api::Format kIpAddress;

}  // namespace mc::core
