#pragma once
// The ConfigMap that tells entry what to do.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// Key of entry's settings.
inline constexpr const char* kSettingsKey = "settings.json";

/// Its hash is that of the MiniCluster's own wishes, so that another version of the operator, which
/// may write settings differently, leaves clusters alone that run with an older entry.
boost::json::object configMap(const Blueprint& blueprint, const std::string& specHash);

}  // namespace mc::controller
