#pragma once
// The operator's own HTTP: /metrics on one address, /healthz and /readyz on another.
//
// Thread-safety: the answers are made on the servers' threads.

#include <functional>
#include <memory>
#include <string>

#include "http/server.hpp"
#include "operator/operator_metrics.hpp"

namespace mc::controller {

/// Turns an endpoint off, as with controller-runtime.
inline constexpr const char* kNoAddress = "0";

/// Null for kNoAddress. EADDRINUSE and the like name the address.
base::Result<std::unique_ptr<http::Server>> serveMetrics(const std::string& address,
                                                         const OperatorMetrics& metrics);
/// /healthz says ok as long as there is somebody to say so; /readyz asks `ready`, which must be
/// callable from any thread.
base::Result<std::unique_ptr<http::Server>> serveHealth(const std::string& address,
                                                        std::function<bool()> ready);

}  // namespace mc::controller
