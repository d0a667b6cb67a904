// flux run: submits one job and stays with it.

#include "flux/commands/attach.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/job_options.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-run";

constexpr Option kOwnOptions[] = {
    {0, "wait-event", Takes::Value, "NAME", "Pass --wait-event=NAME to flux job attach"},
};

AttachOptions attachOptions(const Parsed& parsed) {
  AttachOptions options;
  // With --output the shell labels what it writes; what comes here has no labels yet.
  options.labels = parsed.has("label-io");
  options.showEvents = parsed.count("verbose") > 1;
  options.showExec = parsed.count("verbose") > 2;
  options.waitEvent = parsed.valueOr("wait-event", "finish");
  const auto input = parsed.value("input");
  if (input && formats::Idset::parse(*input)) options.stdinRanks = *input;
  return options;
}

int runJob(const Parsed& parsed, const JobRequest& request) {
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const auto answer = (*session)->call("job-ingest.submit", submitPayload(request));
  if (!answer) return failPython(kProgram, pythonError(answer.error()));
  const auto id = formats::getUnsigned(*answer, "id");
  if (!id) return failPython(kProgram, id.error().message);
  if (parsed.has("verbose")) complain("jobid: " + jobIdText(*id));
  return Attach(*session->handle, *id, attachOptions(parsed)).run();
}

}  // namespace

int runMain(const Args& args) {
  const std::vector<Option> options = withJobOptions(kOwnOptions);
  const Grammar grammar{.program = "flux run",
                        .usage = "flux run [OPTIONS...] COMMAND [ARGS...]",
                        .description = "run a job interactively",
                        .options = options,
                        .commandFollows = true,
                        .positionals = kCommandPositional};
  auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (!exitStatus) exitStatus = checkJobNumbers(grammar, parsed);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageError(grammar, "job command and arguments are missing");
  const auto request = makeJobRequest(parsed, submitterEnvironment());
  if (!request) return failPython(kProgram, request.error().message);
  if (parsed.has("dry-run")) {
    print(formats::toJson(request->jobspec, formats::JsonStyle::Spaced) + "\n");
    return 0;
  }
  return runJob(parsed, *request);
}

}  // namespace mc::flux::commands
