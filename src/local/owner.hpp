#pragma once
// Who owns containers and volumes: a MiniCluster, or an object of one of Kubernetes' own kinds,
// whose record, labels and removal are the same. The latter's name has its kind in front,
// "deployment/redis"; a MiniCluster's has no slash.
//
// Thread-safety: pure functions.

#include <optional>
#include <string>

#include "core/objects.hpp"
#include "local/record.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

ClusterRef ownerRef(core::Kind kind, const std::string& ns, const std::string& name);
ClusterRef ownerRef(const core::Object& object);

/// Nothing for a MiniCluster.
std::optional<core::Kind> kindOf(const ClusterRef& ref);
bool isMiniCluster(const ClusterRef& ref);
/// Without the kind: "redis".
std::string plainNameOf(const ClusterRef& ref);

/// ENOENT, as an API server says it: `deployments.apps "redis" not found`.
base::Error notFound(const ClusterRef& ref);

/// A new record of an object. Values of ConfigMaps and Secrets are no part of it.
Record makeRecord(const core::Object& object, double now);
/// What the record becomes when the object is changed.
Record revise(const Record& record, const core::Object& object);

}  // namespace mc::local
