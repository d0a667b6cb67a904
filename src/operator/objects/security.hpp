#pragma once
// Security contexts of pods and containers.
//
// Source: Kubernetes API, core/v1 SecurityContext and PodSecurityContext. Thread-safety: pure
// functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// As the manifest has it, in Kubernetes' spelling for both versions. Empty: nothing is asked for.
boost::json::object containerSecurity(const api::SecurityContext& security);

/// Of our own init container, which needs nothing.
boost::json::object installSecurity();

/// Who may read files of the Secret in a Flux pod: root alone, or the pod's group. Never everybody.
struct SecretAccess {
  int mode = 0400;
  /// Added to the pod as fsGroup if the manifest has none.
  std::optional<int64_t> group;
};
SecretAccess secretAccess(const Blueprint& blueprint);

/// Of a pod, with the group if there is one.
boost::json::object podSecurity(const Blueprint& blueprint, std::optional<int64_t> group);

}  // namespace mc::controller
