// flux uri: finds the URI of an instance.

#include "flux/commands/commands.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-uri";

constexpr Option kOptions[] = {
    {0, "remote", Takes::Nothing, "", "convert a local URI to remote"},
    {0, "local", Takes::Nothing, "", "convert a remote URI to local"},
};

}  // namespace

int uriMain(const Args& args) {
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-uri [-h] [--remote | --local] URI",
                        .description = "Resolve TARGET to a Flux URI",
                        .options = kOptions,
                        .positionals =
                            "positional arguments:\n"
                            "  URI                   URI to resolve, e.g. jobid:ID, "
                            "pid:PID (default scheme: jobid)\n\n"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageError(grammar, "the following arguments are required: URI");
  if (parsed.rest.size() > 1)
    return usageError(grammar, "unrecognized arguments: " + parsed.rest[1]);
  if (parsed.has("remote") && parsed.has("local"))
    return usageError(grammar, "argument --local: not allowed with argument --remote");
  const auto uri = resolveUri(parsed.rest[0]);
  if (!uri) return failPython(kProgram, uri.error().message);
  print((parsed.has("local")    ? asLocal(*uri)
         : parsed.has("remote") ? asRemote(*uri)
                                : *uri) +
        "\n");
  return 0;
}

}  // namespace mc::flux::commands
