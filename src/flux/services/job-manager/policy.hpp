#pragma once
// What the configuration says about jobs (RFC 33): defaults for their jobspecs, what queues require
// of nodes, and limits.
//
//   [policy.jobspec.defaults.system]  duration, queue ...
//   [policy.limits]                   duration, job-size.max and job-size.min (nnodes, ncores,
//   ngpus) [queues.NAME]                     requires (properties), policy (both of the above)
//
// What a queue says goes before what is said for all.
//
// Thread-safety: const methods may run concurrently.

#include <boost/json.hpp>
#include <string_view>

#include "base/status.hpp"
#include "flux/formats/jobspec.hpp"

namespace mc::flux::services::manager {

class Policy {
 public:
  /// Looks at `config` itself, which outlives it: it is made where it is needed, so that a
  /// configuration that was loaded again counts at once.
  explicit Policy(const boost::json::object& config) : config_(config) {}

  /// EINVAL with the key of what is wrong in the configuration.
  [[nodiscard]] base::Status check() const;

  /// Completes a jobspec with the defaults and with the constraints of its queue; true if that has
  /// changed it. EINVAL if it names no queue where one is needed, or one that there is not.
  base::Result<bool> complete(boost::json::object& jobspec) const;

  /// EINVAL "requested ... exceeds policy limit of ..." for a job that is too long, too large or
  /// too small. `duration`: seconds; 0: no limit. `queue`: empty: none.
  [[nodiscard]] base::Status checkLimits(const formats::JobShape& shape, double duration,
                                         std::string_view queue) const;

  /// The constraint that jobs of a queue have; empty: none.
  [[nodiscard]] boost::json::object constraintOf(std::string_view queue) const;

 private:
  [[nodiscard]] const boost::json::object* queue(std::string_view name) const;
  [[nodiscard]] base::Status checkDuration(double duration, std::string_view queue) const;

  const boost::json::object& config_;
};

}  // namespace mc::flux::services::manager
