// flux resource: finds the subcommand.

#include "flux/commands/resource_command.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-resource";
constexpr const char* kUsage =
    "flux-resource [-h]\n"
    "                     {drain,undrain,status,list,info,R}\n"
    "                     ...";

struct Subcommand {
  const char* name;
  CommandMain run;
};
constexpr Subcommand kSubcommands[] = {
    {"list", resourceList},     {"info", resourceInfo},   {"R", resourceR},
    {"status", resourceStatus}, {"drain", resourceDrain}, {"undrain", resourceUndrain},
};

base::Result<formats::ResourceSet> setOf(const json::object& answer, std::string_view key) {
  const auto* value = formats::find(answer, key);
  if (value == nullptr || value->is_null()) return formats::ResourceSet();
  if (!value->is_object()) return base::fail(EPROTO, std::string(key) + " is no R object");
  return formats::ResourceSet::parse(value->get_object()).prefixed(std::string(key));
}

}  // namespace

Grammar resourceGrammar(std::span<const Option> options) {
  return {.program = kProgram, .usage = kUsage, .options = options};
}

int resourceFail(const std::string& message) {
  return failPython(kProgram, message);
}

std::optional<Session> resourceSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  resourceFail(connectFailure(session.error()));
  return std::nullopt;
}

base::Result<SchedStatus> schedStatus(Session& session) {
  MC_TRY_ASSIGN(const json::object answer, session->call("resource.sched-status", {}, 0));
  SchedStatus status;
  MC_TRY_ASSIGN(status.all, setOf(answer, "all"));
  MC_TRY_ASSIGN(status.allocated, setOf(answer, "allocated"));
  MC_TRY_ASSIGN(status.down, setOf(answer, "down"));
  return status;
}

int resourceMain(const Args& args) {
  const Grammar grammar = resourceGrammar({});
  if (!args.empty() && (args[0] == "-h" || args[0] == "--help")) {
    print(helpText(grammar));
    return 0;
  }
  if (args.empty()) return usageError(grammar, "the following arguments are required: subcommand");
  for (const Subcommand& entry : kSubcommands)
    if (args[0] == entry.name) return entry.run({args.begin() + 1, args.end()});
  return usageError(grammar,
                    "argument subcommand: invalid choice: '" + args[0] +
                        "' (choose from 'drain', 'undrain', 'status', 'list', 'info', 'R')");
}

}  // namespace mc::flux::commands
