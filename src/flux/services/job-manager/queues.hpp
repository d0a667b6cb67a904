#pragma once
// The instance's queues and whether they take jobs and schedule them (flux queue enable|start ...).
//
// Without a `queues` table in the configuration there is one queue without a name; with it, only
// named ones.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::services::manager {

struct Queue {
  bool enabled = true;  ///< takes submissions
  bool started = true;  ///< schedules
  std::string disableReason;
  std::string stopReason;
};

class Queues {
 public:
  /// Reads the table `queues` of the configuration.
  explicit Queues(const boost::json::object& config);

  /// The queue of that name ("" for the anonymous one); EINVAL "'NAME' is not a valid queue".
  base::Result<Queue*> find(std::string_view name);
  /// Whether jobs of that queue are scheduled.
  [[nodiscard]] bool started(std::string_view name) const;
  /// The names; empty with the anonymous queue.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The queues that a request means: that of its key "name", else all if "all" is true or there is
  /// but the anonymous one. EINVAL, with `what` in front.
  base::Result<std::vector<Queue*>> select(const boost::json::object& payload,
                                           std::string_view what);

 private:
  std::map<std::string, Queue, std::less<>> queues_;
};

}  // namespace mc::flux::services::manager
