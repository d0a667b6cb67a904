// flux job: finds the subcommand.

#include "flux/commands/job_command.hpp"

#include <signal.h>
#include <strings.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "base/fd.hpp"
#include "flux/commands/job_listing.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace {

struct Subcommand {
  const char* name;
  CommandMain run;
  const char* help;  ///< null: works, but is not listed
};

constexpr Subcommand kSubcommands[] = {
    {"urgency", jobUrgency, "Set job urgency (0-31, HOLD, EXPEDITE, DEFAULT)"},
    {"raise", jobRaise, "Raise exception on one or more jobs"},
    {"raiseall", jobRaiseall, "Raise an exception on multiple jobs."},
    {"kill", jobKill, "Send signal to one or more running jobs"},
    {"killall", jobKillall, "Send signal to multiple running jobs"},
    {"attach", jobAttach, "Interactively attach to job"},
    {"status", jobStatus, "Wait for job(s) to complete and exit with largest exit code"},
    {"submit", jobSubmit, "Run job"},
    {"id", jobId, "Convert jobid(s) to another form"},
    {"eventlog", jobEventlog, "Display eventlog for a job"},
    {"wait-event", jobWaitEvent, "Wait for an event "},
    {"info", jobInfo, "Display info for a job"},
    {"stats", jobStats, "Get current job stats"},
    {"namespace", jobNamespace, "Convert job ids to job guest kvs namespace names"},
    {"wait", jobWait, "Wait for job(s) to complete."},
    {"memo", jobMemo, "Post an RFC 21 memo to a job"},
    {"taskmap", jobTaskmap, "Utility function for working with job task maps"},
    {"timeleft", jobTimeleft, "Find remaining runtime for job or enclosing instance"},
    {"last", jobLast, "List my most recently submitted job id(s)"},
    {"purge", jobPurge, "Purge the oldest inactive jobs"},
    {"list", jobList, nullptr},
    {"list-ids", jobListIds, nullptr},
};

std::string usage() {
  std::string text =
      "Usage: flux-job [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux-job:\n";
  for (const Subcommand& entry : kSubcommands) {
    if (entry.help == nullptr) continue;
    std::string name = entry.name;
    name.resize(15, ' ');
    text += "   " + name + " " + entry.help + "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace

int jobMain(const Args& args) {
  const bool help = !args.empty() && (args[0] == "-h" || args[0] == "--help");
  if (!args.empty() && !help)
    for (const Subcommand& entry : kSubcommands)
      if (args[0] == entry.name) return entry.run({args.begin() + 1, args.end()});
  complain(usage());
  return help ? 0 : 1;
}

int jobFail(const std::string& message) {
  return failAs(kJobProgram, message);
}

std::optional<Session> jobSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  jobFail(openFailure(session.error()));
  return std::nullopt;
}

std::optional<formats::JobId> jobIdArgument(const std::string& text) {
  const auto id = formats::parseJobId(text);
  if (id) return *id;
  jobFail("error parsing jobid: \"" + text + "\"");
  return std::nullopt;
}

std::optional<int> signalNumber(const std::string& text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end) {
    if (number > 0 && number < NSIG) return number;
    return std::nullopt;
  }
  const char* name = text.c_str();
  if (::strncasecmp(name, "SIG", 3) == 0) name += 3;
  for (int i = 1; i < NSIG; ++i) {
    const char* known = ::sigabbrev_np(i);
    if (known != nullptr && ::strcasecmp(known, name) == 0) return i;
  }
  return std::nullopt;
}

std::optional<uint32_t> userIdArgument(const std::string& text) {
  constexpr uint32_t kAll = 0xffffffff;
  if (text == "all") return kAll;
  uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end) return number;
  return userNumber(text);
}

std::optional<int64_t> stateMask(const std::string& names) {
  int64_t mask = 0;
  for (const std::string& name : formats::splitList(names)) {
    const auto filter = findJobFilter(name);
    if (!filter || filter->states == 0) return std::nullopt;
    mask |= filter->states;
  }
  return mask;
}

}  // namespace mc::flux::commands
