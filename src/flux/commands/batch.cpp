// flux batch: submits a script that runs in a Flux instance of its own.

#include <unistd.h>

#include "base/fd.hpp"
#include "flux/commands/batch_script.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/nested_job.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/io_data.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-batch";
constexpr size_t kMaxScript = 16u << 20;

constexpr Option kOwnOptions[] = {
    {0, "wrap", Takes::Nothing, "", "Wrap arguments or stdin in a /bin/sh script"},
};

struct Script {
  std::string name;
  std::string text;
  std::vector<Directive> directives;
};

/// From the file that the first argument names, or standard input.
base::Result<Script> readScript(const Args& arguments) {
  Script script;
  script.name = arguments.empty() ? "stdin" : arguments[0];
  auto text = arguments.empty() ? base::readAll(STDIN_FILENO, "stdin", kMaxScript)
                                : base::readFile(arguments[0], kMaxScript);
  if (!text && text.error().errnum == ENOENT)
    return base::fail(ENOENT, "No such file or directory: '" + arguments[0] + "'");
  if (!text) return base::pass(text.error());
  if (!formats::isUtf8(*text))
    return base::fail(
        EINVAL, script.name + " does not appear to be a script, or failed to encode as utf-8");
  script.text = std::move(*text);
  MC_TRY_ASSIGN(script.directives, findDirectives(script.text).prefixed(script.name));
  return script;
}

Script wrapped(const Args& arguments) {
  Script script;
  for (const std::string& word : arguments) script.text += (script.text.empty() ? "" : " ") + word;
  script.text += '\n';
  return script;
}

/// What the script says first, then what the command line says, which goes before it. `args` is the
/// whole command line; a directive that is wrong is named by its line.
ParseOutcome applyDirectives(const Grammar& grammar, const Args& args, const Script& script) {
  ParseOutcome all;
  for (const Directive& directive : script.directives) {
    const auto part = parseOptions(grammar, directive.words);
    if (part.exitStatus) {
      failPython(kProgram, "argument parsing failed at " + script.name + " line " +
                               std::to_string(directive.line));
      all.exitStatus = 2;
      return all;
    }
    for (const auto& given : part.parsed.given()) all.parsed.add(given.option, given.value);
  }
  auto own = parseOptions(grammar, args);
  for (const auto& given : own.parsed.given()) all.parsed.add(given.option, given.value);
  all.parsed.rest = std::move(own.parsed.rest);
  return all;
}

base::Result<JobRequest> makeBatchJob(const Parsed& parsed, Script script) {
  NestedJob job;
  job.program = {"{{tmpdir}}/script"};
  if (!parsed.rest.empty())
    job.program.insert(job.program.end(), parsed.rest.begin() + 1, parsed.rest.end());
  job.name = parsed.rest.empty() ? "batch" : parsed.rest[0];
  job.output = "flux-{{id}}.out";
  if (parsed.has("wrap")) script.text.insert(0, "#!/bin/sh\n");
  if (!parsed.has("nslots") && !parsed.has("nodes"))
    return base::fail(EINVAL, "Number of slots to allocate must be specified");
  if (!script.text.starts_with("#!"))
    return base::fail(EINVAL,
                      parsed.valueOr("job-name", job.name) + " does not appear to start with '#!'");
  job.script = std::move(script.text);
  return makeNestedJob(parsed, job);
}

int submitBatch(const JobRequest& request) {
  auto session = Session::open();
  if (!session) return failPython(kProgram, connectFailure(session.error()));
  const auto answer = (*session)->call("job-ingest.submit", submitPayload(request));
  const auto id = answer ? formats::getUnsigned(*answer, "id")
                         : base::Result<uint64_t>(base::pass(answer.error()));
  if (!id) return failPython(kProgram, pythonError(id.error()));
  print(jobIdText(*id) + "\n");
  return 0;
}

}  // namespace

int batchMain(const Args& args) {
  const std::vector<Option> options = nestedJobOptions(kOwnOptions, true);
  const Grammar grammar{.program = "flux batch",
                        .usage = "flux batch [OPTIONS...] SCRIPT [ARGS...]",
                        .description = "enqueue a batch script",
                        .options = options,
                        .commandFollows = true,
                        .positionals =
                            "positional arguments:\n"
                            "  SCRIPT                       Batch script and arguments "
                            "to submit\n\n"};
  const auto first = parseOptions(grammar, args);
  if (first.exitStatus) return *first.exitStatus;
  const Args& arguments = first.parsed.rest;
  auto script = first.parsed.has("wrap") && !arguments.empty()
                    ? base::Result<Script>(wrapped(arguments))
                    : readScript(arguments);
  if (!script) return failPython(kProgram, script.error().message);
  auto [parsed, exitStatus] = applyDirectives(grammar, args, *script);
  if (!exitStatus) exitStatus = checkNestedNumbers(grammar, parsed);
  if (exitStatus) return *exitStatus;
  const auto request = makeBatchJob(parsed, std::move(*script));
  if (!request) return failPython(kProgram, request.error().message);
  if (parsed.has("dry-run")) return showJobspec(*request);
  return submitBatch(*request);
}

}  // namespace mc::flux::commands
