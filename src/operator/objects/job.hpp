#pragma once
// The Indexed Job of a MiniCluster: one pod for each broker, done when pod 0 is.
//
// A Job's template can't be changed; what can is changed by jobChange().
// Source: Kubernetes API, batch/v1 JobSpec. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <optional>

#include "operator/objects/pod_spec.hpp"

namespace mc::controller {

/// Hash of all that a Job can't change: another one means another Job.
inline constexpr std::string_view kFixedHash = "flux-framework.org/fixed-hash";

boost::json::object job(const Blueprint& blueprint, const ServiceAddresses& addresses,
                        const std::string& fixedHash);

/// A merge patch that brings `current`, the Job that is there, to the size and the suspension that
/// are wanted. Nothing: it has them. Who else may suspend it (Kueue) keeps the say.
std::optional<boost::json::object> jobChange(const api::MiniCluster& cluster,
                                             const boost::json::object& current);

}  // namespace mc::controller
