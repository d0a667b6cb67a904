#pragma once
// Pods of Kubernetes' own kinds as a Plan, so that whoever carries out MiniClusters carries them
// out as well: a Deployment's pods, or one Pod.
//
// The plan's name is that of the owner with its kind, "deployment/redis": it is no MiniCluster's
// name, which has no slash.
//
// Thread-safety: pure functions.

#include <string>

#include "core/objects.hpp"
#include "plan/plan.hpp"

namespace mc::plan {

/// "deployment/redis"
std::string ownerName(core::Kind kind, const std::string& name);

/// "redis-6d5f8c9b7d": a Deployment's name and a hash of its pod template, as of a ReplicaSet.
std::string replicaSetName(const core::Object& deployment);

/// Of a Deployment or Pod. Pods of a Deployment are named DEPLOYMENT-HASH-SUFFIX; the same manifest
/// gives the same names.
Plan planWorkload(const core::Object& object);

}  // namespace mc::plan
