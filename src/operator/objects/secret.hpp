#pragma once
// The Secret of a MiniCluster: the CURVE certificate of its brokers, and users' passwords.
//
// It is made before the Job and never changed or read, so the key lives as long as the cluster.
// Thread-safety: pure functions, but for the random numbers of a new key.

#include <boost/json/object.hpp>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// Keys of the Secret's data.
inline constexpr const char* kCurveCertKey = "curve.cert";
inline constexpr const char* kUsersKey = "users";

/// Makes a new certificate if the manifest brings none; `wall` (Unix time) is noted in it. EIO if
/// the machine gives no random numbers.
base::Result<boost::json::object> makeSecret(const Blueprint& blueprint, double wall);

}  // namespace mc::controller
