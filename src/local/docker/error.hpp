#pragma once
// The daemon's refusals as base::Error.
//
// Thread-safety: pure functions.

#include <string_view>

#include "base/status.hpp"

namespace mc::local::docker {

/// `body` is the daemon's {"message": "..."}. The HTTP status becomes an errno: 400 EINVAL, 401 and
/// 403 EACCES, 404 ENOENT, 409 EEXIST, 501 ENOTSUP, 503 EAGAIN, all others EIO.
base::Error errorFromAnswer(int status, std::string_view body);

}  // namespace mc::local::docker
