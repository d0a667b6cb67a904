#pragma once
// The options by which `flux submit` and `flux run` describe a job, and the job they come to.
//
// Thread-safety: none.

#include <span>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/commands/environment_rules.hpp"
#include "flux/commands/options.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::commands {

/// What job-ingest.submit is asked for.
struct JobRequest {
  boost::json::object jobspec;
  int64_t urgency = 16;
  int64_t flags = 0;
};

/// Bits of JobRequest::flags.
enum SubmitFlag { kSubmitDebug = 2, kSubmitWaitable = 4, kSubmitNovalidate = 8 };

/// The options that all submitting commands share; a command's table is these and its own.
std::span<const Option> jobOptions();
std::vector<Option> withJobOptions(std::span<const Option> own);

/// The "positional arguments" part of their help texts.
extern const char* const kCommandPositional;

/// Checks what argparse would: numbers are numbers. Prints the complaint and gives the exit status.
std::optional<int> checkJobNumbers(const Grammar& grammar, const Parsed& parsed);

/// The job that the options and the command (parsed.rest) describe. `environment` is the
/// submitter's. EINVAL with the reason for options that make no sense.
base::Result<JobRequest> makeJobRequest(const Parsed& parsed, const Environment& environment);

/// 0 to 31, "hold", "default" or "expedite".
base::Result<int64_t> parseUrgency(const std::string& text);
/// The bits of comma-separated lists of flag names.
base::Result<int64_t> parseSubmitFlags(const std::vector<std::string>& lists);

/// The payload of job-ingest.submit.
boost::json::object submitPayload(const JobRequest& request);

/// The options and command with each "{cc}" replaced by `id`.
Parsed substituteCopy(const Parsed& parsed, const std::string& id);

/// Whether "{cc}" stands anywhere in the options or the command.
bool namesCopy(const Parsed& parsed);

}  // namespace mc::flux::commands
