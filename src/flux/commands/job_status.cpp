// flux job attach, status, wait: jobs as they end.

#include <sys/wait.h>

#include <algorithm>

#include "flux/client/job_watch.hpp"
#include "flux/commands/attach.hpp"
#include "flux/commands/job_command.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr Option kAttachOptions[] = {
    {'l', "label-io", Takes::Nothing, "", "Label output by rank"},
    {'u', "unbuffered", Takes::Nothing, "", "Disable buffering of stdin"},
    {'i', "stdin-ranks", Takes::Value, "RANKS", "Send stdin to ranks (default: all)"},
    {0, "read-only", Takes::Nothing, "", "Disable reading stdin and capturing signals"},
    {'v', "verbose", Takes::Nothing, "", "Increase verbosity"},
    {'w', "wait-event", Takes::Value, "NAME",
     "Wait for event NAME before detaching from eventlog (default=finish)"},
    {'E', "show-events", Takes::Nothing, "", "Show job events on stderr"},
    {'X', "show-exec", Takes::Nothing, "", "Show exec events on stderr"},
};

constexpr Option kStatusOptions[] = {
    {'v', "verbose", Takes::Nothing, "", "Increase verbosity"},
    {'j', "json", Takes::Nothing, "",
     "Dump job result information gleaned from eventlog to stdout"},
    {'e', "exception-exit-code", Takes::Value, "N",
     "Set the default exit code for any jobs that terminate solely due to an exception (e.g. "
     "canceled jobs or jobs rejected by the scheduler) to N [default=1]"},
};

constexpr Option kWaitOptions[] = {
    {'a', "all", Takes::Nothing, "", "Wait for all (waitable) jobs"},
    {'v', "verbose", Takes::Nothing, "", "Emit a line of output for all jobs"},
};

// How one job ended, as its eventlog tells.
struct JobEnd {
  formats::JobId id = 0;
  std::optional<int64_t> waitStatus;
  std::string exceptionType;
  std::string exceptionNote;
  bool failedToWatch = false;
  std::unique_ptr<client::JobWatch> watch;

  void onEvent(const formats::Event& event) {
    if (event.name == "finish") {
      waitStatus = formats::getInteger(event.context, "status").value_or(0);
    } else if (event.name == "exception" &&
               formats::getInteger(event.context, "severity").value_or(0) == 0) {
      exceptionType = formats::getString(event.context, "type").value_or("");
      exceptionNote = formats::getString(event.context, "note").value_or("");
    }
  }
  [[nodiscard]] int exitCode(int forException) const {
    if (!waitStatus) return exceptionType.empty() ? 0 : forException;
    const int status = static_cast<int>(*waitStatus);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  [[nodiscard]] std::string describe(int code) const {
    const std::string prefix = jobIdText(id) + ": ";
    if (!exceptionType.empty()) return prefix + "exception type=" + exceptionType;
    return prefix + "exited with exit code " + std::to_string(code);
  }
  [[nodiscard]] json::object toJson(int code) const {
    json::object out{{"id", id}, {"success", code == 0 && exceptionType.empty()}};
    out["exit_code"] = code;
    if (waitStatus) out["waitstatus"] = *waitStatus;
    out["exception_occurred"] = !exceptionType.empty();
    if (!exceptionType.empty()) {
      out["exception_type"] = exceptionType;
      out["exception_note"] = exceptionNote;
    }
    return out;
  }
};

int reportEnds(const std::vector<JobEnd>& ends, const Parsed& parsed, int forException) {
  int largest = 0;
  const int verbosity = parsed.count("verbose");
  for (const JobEnd& end : ends) {
    const int code = end.exitCode(forException);
    largest = std::max(largest, code);
    if (end.failedToWatch) continue;
    if (verbosity > 1 || (verbosity > 0 && code != 0)) jobFail(end.describe(code));
    if (parsed.has("json")) print(formats::toJson(end.toJson(code)) + "\n");
  }
  return largest;
}

// One answer of job-manager.wait: 0 success, 1 failure, 2 nothing to wait for.
int waitOne(Session& session, std::optional<formats::JobId> id, bool verbose, bool printId) {
  // Any job is -1: flux-core's JSON library takes no integer beyond int64.
  const json::value wanted = id ? json::value(*id) : json::value(-1);
  const auto answer = session->call("job-manager.wait", {{"id", wanted}});
  if (!answer && answer.error().errnum == ECHILD) {
    if (id || verbose) jobFail("invalid job id, or job may be inactive and not waitable");
    return 2;
  }
  if (!answer) {
    jobFail(answer.error().message);
    return 2;
  }
  const auto waited = formats::getUnsigned(*answer, "id").value_or(0);
  const bool success = formats::getBool(*answer, "success").value_or(false);
  if (printId) print(jobIdText(waited) + "\n");
  const std::string text(formats::getString(*answer, "errstr").value_or(""));
  if (!success) jobFail(printId ? jobIdText(waited) + ": " + text : text);
  if (success && verbose) jobFail(jobIdText(waited) + ": job completed successfully");
  return success ? 0 : 1;
}

}  // namespace

int jobAttach(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job attach",
                        .usage = "flux-job attach [OPTIONS] id",
                        .description = "Interactively attach to job",
                        .options = kAttachOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  const auto id = jobIdArgument(parsed.rest[0]);
  if (!id) return 1;
  AttachOptions options;
  options.labels = parsed.has("label-io");
  options.readOnly = parsed.has("read-only");
  options.showEvents = parsed.has("show-events");
  options.showExec = parsed.has("show-exec");
  options.stdinRanks = parsed.valueOr("stdin-ranks", "all");
  options.waitEvent = parsed.valueOr("wait-event", "finish");
  options.name = parsed.rest[0];
  if (options.stdinRanks != "all" && !formats::Idset::parse(options.stdinRanks))
    return jobFail("Invalid value '" + options.stdinRanks + "' for --stdin-ranks");
  auto session = jobSession();
  if (!session) return 1;
  return Attach(*session->handle, *id, options).run();
}

int jobStatus(const Args& args) {
  const Grammar grammar{
      .style = Style::C,
      .program = "flux-job status",
      .usage = "flux-job status id [id...]",
      .description = "Wait for job(s) to complete and exit with largest exit code",
      .options = kStatusOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const int forException = static_cast<int>(
      std::strtol(parsed.valueOr("exception-exit-code", "1").c_str(), nullptr, 10));
  std::vector<JobEnd> ends(parsed.rest.size());
  for (size_t i = 0; i < ends.size(); ++i) {
    const auto id = jobIdArgument(parsed.rest[i]);
    if (!id) return 1;
    ends[i].id = *id;
  }
  auto session = jobSession();
  if (!session) return 1;
  size_t open = ends.size();
  bool failed = false;
  for (JobEnd& end : ends)
    end.watch = std::make_unique<client::JobWatch>(
        *session->handle, end.id, "eventlog", false,
        client::JobWatch::Handlers{
            [&end](const formats::Event& event, std::string_view) { end.onEvent(event); },
            [&, id = end.id](const base::Error& error) {
              --open;
              end.failedToWatch = error.errnum != ENODATA;
              failed = failed || end.failedToWatch;
              if (error.errnum == ENOENT)
                jobFail("No such job " + jobIdText(id));
              else if (end.failedToWatch)
                jobFail(jobIdText(id) + ": " + error.message);
              if (open == 0) session->loop->stop();
            }});
  while (open > 0) session->loop->run();
  const int status = reportEnds(ends, parsed, forException);
  return failed ? std::max(status, 1) : status;
}

int jobWait(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-job wait",
                        .usage = "flux-job wait [--all] [id]",
                        .description = "Wait for job(s) to complete.",
                        .options = kWaitOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1 || (parsed.has("all") && !parsed.rest.empty()))
    return usageHelp(grammar);
  std::optional<formats::JobId> id;
  if (!parsed.rest.empty()) {
    id = jobIdArgument(parsed.rest[0]);
    if (!id) return 2;
  }
  auto session = jobSession();
  if (!session) return 2;
  if (!parsed.has("all")) return waitOne(*session, id, parsed.has("verbose"), !id.has_value());
  bool failed = false;
  while (true) {
    const int status = waitOne(*session, std::nullopt, parsed.has("verbose"), true);
    if (status == 2) return failed ? 1 : 0;
    failed = failed || status != 0;
  }
}

}  // namespace mc::flux::commands
