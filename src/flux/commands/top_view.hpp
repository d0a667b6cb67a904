#pragma once
// What `flux top` shows of an instance (flux-top(1)): a summary and the running jobs.
//
// Thread-safety: values and pure functions.

#include <optional>
#include <string>
#include <vector>

#include "flux/commands/instance_fields.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// The state of an instance at one moment.
struct TopState {
  std::string path;  ///< job ids from the first instance to this one: "ƒA/ƒB"
  ResourceState resources;
  JobCounts counts;
  int64_t size = 0;
  int64_t depth = 0;
  double uptime = 0;                ///< seconds
  std::optional<double> remaining;  ///< seconds until the instance's end; absent: no end
  std::string version;
  boost::json::array jobs;  ///< in state RUN or CLEANUP
};

/// Asks the instance. `queue`: only its jobs; empty: all.
base::Result<TopState> readTopState(Session& session, const std::string& path,
                                    const std::string& queue);

struct TopLook {
  size_t columns = 80;
  size_t rows = 24;
  size_t selected = 0;  ///< job under the cursor
  bool color = true;
  bool details = true;  ///< inactive jobs as complete and failed ones
  std::string queue;
};

/// The lines of the display.
std::vector<std::string> drawTop(const TopState& state, const TopLook& look);

}  // namespace mc::flux::commands
