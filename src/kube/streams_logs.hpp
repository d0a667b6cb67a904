#pragma once
// What containers have written.
//
// Source: Kubernetes API, "read log of the specified Pod". Errors of opening: NotFound; BadRequest
// if the container is not named though there are several, or has not started yet.
//
// Thread-safety: openLogs() from any thread; the Response belongs to one.

#include <optional>
#include <stop_token>
#include <string>

#include "kube/object.hpp"
#include "kube/session.hpp"

namespace mc::kube {

struct LogOptions {
  std::string container;  ///< empty: the pod's only one
  bool follow = false;    ///< go on until the container ends
  bool timestamps = false;
  bool previous = false;             ///< of the run before the last restart
  std::optional<int64_t> tailLines;  ///< last lines only
  double since = 0;                  ///< Unix time in seconds; 0: from the start
};

/// The log as the body of an answer, read piece by piece; its end is the log's, which of a followed
/// one means that the container has ended. `stop` counts as long as the Response lives.
Result<http::Response> openLogs(Session& session, const ObjectKey& pod, const LogOptions& options,
                                const std::stop_token& stop);

}  // namespace mc::kube
