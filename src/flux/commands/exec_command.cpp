// flux exec.

#include <unistd.h>

#include <cstdlib>

#include "flux/commands/commands.hpp"
#include "flux/commands/exec.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-exec";

constexpr Option kOptions[] = {
    {'r', "rank", Takes::Value, "IDSET",
     "Specify rank(s) in IDSET. Use 'all' for all ranks (default)"},
    {'x', "exclude", Takes::Value, "IDSET", "Exclude ranks from target."},
    {'d', "dir", Takes::Value, "PATH", "Set the working directory to PATH"},
    {'l', "label-io", Takes::Nothing, "", "Label lines of output with the source RANK"},
    {'n', "noinput", Takes::Nothing, "", "Redirect stdin from /dev/null"},
    {'v', "verbose", Takes::Nothing, "", "Run with more verbosity."},
    {'q', "quiet", Takes::Nothing, "", "Suppress extraneous output."},
    {0, "bg", Takes::Nothing, "", "Run processes in background, print their ranks and pids"},
    {0, "waitable", Takes::Nothing, "", "With --bg, make processes waitable"},
    {0, "label", Takes::Value, "LABEL", "Set a label for the process"},
};

base::Result<formats::Idset> targets(Session& session, const Parsed& parsed) {
  MC_TRY_ASSIGN(const uint32_t size, brokerNumber(session, "size"));
  const auto all = formats::Idset::range(0, size - 1);
  formats::Idset ranks = all;
  if (const auto text = parsed.value("rank"); text && *text != "all") {
    auto given = formats::Idset::parse(*text);
    if (!given) return base::fail(EINVAL, "Unable to parse --rank=" + *text);
    ranks = *given;
  }
  formats::Idset unknown = ranks;
  unknown.erase(all);
  if (!unknown.empty())
    return base::fail(EINVAL, "One or more invalid --ranks specified: " + unknown.str());
  if (const auto text = parsed.value("exclude")) {
    const auto excluded = formats::Idset::parse(*text);
    if (!excluded) return base::fail(EINVAL, "Unable to parse --exclude=" + *text);
    ranks.erase(*excluded);
  }
  if (ranks.empty()) return base::fail(EINVAL, "No targets specified");
  return ranks;
}

std::string currentDirectory() {
  char* path = ::getcwd(nullptr, 0);
  std::string out = path != nullptr ? path : "/";
  ::free(path);
  return out;
}

}  // namespace

int execMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux exec [OPTIONS] COMMAND...",
                        .description = "Execute commands on Flux ranks",
                        .options = kOptions,
                        .commandFollows = true};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  if (parsed.has("waitable") && !parsed.has("bg"))
    return failAs(kProgram, "--waitable can only be used with --bg");
  auto session = Session::open();
  if (!session) return failAs(kProgram, openFailure(session.error()));
  const auto ranks = targets(*session, parsed);
  if (!ranks) return failAs(kProgram, ranks.error().message);
  Exec::Options options;
  options.command = parsed.rest;
  options.directory = parsed.valueOr("dir", currentDirectory());
  options.ranks = *ranks;
  options.labels = parsed.has("label-io");
  options.noInput = parsed.has("noinput");
  options.quiet = parsed.has("quiet");
  options.verbose = parsed.has("verbose");
  options.background = parsed.has("bg");
  options.waitable = parsed.has("waitable");
  options.label = parsed.valueOr("label", "");
  return Exec(*session->handle, std::move(options)).run();
}

}  // namespace mc::flux::commands
