// flux submit: enqueues jobs, prints their ids, waits for them if asked.

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/submitter.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-submit";

int dryRun(const Parsed& parsed) {
  const auto request = makeJobRequest(parsed, submitterEnvironment());
  if (!request) return failPython(kProgram, request.error().message);
  print(formats::toJson(request->jobspec, formats::JsonStyle::Spaced) + "\n");
  return 0;
}

Submissions submissionsOf(const Parsed& parsed, const std::vector<std::string>& copies) {
  return {copies.size(),
          [&parsed, &copies, alike = !namesCopy(parsed)](size_t index) -> Submission {
            const std::string& copy = copies[index];
            if (copy.empty()) return {parsed, "", false};
            return {alike ? parsed : substituteCopy(parsed, copy), copy, parsed.has("cc"), alike};
          }};
}

}  // namespace

int submitMain(const Args& args) {
  const std::vector<Option> options = withJobOptions(copyOptions());
  const Grammar grammar{.program = "flux submit",
                        .usage = "flux submit [OPTIONS...] COMMAND [ARGS...]",
                        .description = "enqueue a job",
                        .options = options,
                        .commandFollows = true,
                        .positionals = kCommandPositional};
  auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (!exitStatus) exitStatus = checkJobNumbers(grammar, parsed);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageError(grammar, "job command and arguments are missing");
  const auto copies = copiesOf(parsed);
  if (!copies) return failPython(kProgram, copies.error().message);
  if (parsed.has("dry-run")) return dryRun(parsed);
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  return Submitter(*session->handle, kProgram, parsed, submissionsOf(parsed, *copies)).run();
}

}  // namespace mc::flux::commands
