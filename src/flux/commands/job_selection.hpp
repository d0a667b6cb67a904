#pragma once
// The arguments and options by which `flux jobs`, `flux watch`, `flux pgrep`, `flux pkill` and
// others choose jobs.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::commands {

/// The id that an argument is; EINVAL in the words of flux-core's commands in Python, which name
/// the argument. Those of `flux job` have jobIdArgument.
base::Result<formats::JobId> jobIdValue(const std::string& text,
                                        std::string_view argument = "JOBID");
base::Result<std::vector<formats::JobId>> jobIdValues(const std::vector<std::string>& texts,
                                                      std::string_view argument = "JOBID");

/// "running,failed": adds the states and results of a --filter to a query. EINVAL for other words.
base::Status addFilter(JobQuery& query, const std::string& words);

/// The time that --since means, in seconds since the epoch: "-6h" (an offset from `now` in Flux
/// standard duration), seconds since the epoch, "now", "today", "yesterday", or a local date and
/// time like "2021-06-21", "2021-06-21 06:30", "2021-06-21T06:30:00". EINVAL for other texts and
/// for a time that is yet to come.
base::Result<double> parseSince(const std::string& text, double now);

/// The user of -u and -A, by number or name; "all" is JobQuery::kAllUsers. EINVAL for an unknown
/// one.
base::Result<uint32_t> selectedUser(const std::string& text);

}  // namespace mc::flux::commands
