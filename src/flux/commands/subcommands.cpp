#include "flux/commands/subcommands.hpp"

#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

int listAll(std::string_view program, std::span<const Subcommand> subcommands) {
  std::string text = "Usage: " + std::string(program) +
                     " [OPTIONS] COMMAND ARGS\n"
                     "  -h, --help             Display this message.\n\n"
                     "Common commands from " +
                     std::string(program) + ":";
  for (const Subcommand& subcommand : subcommands) {
    std::string name(subcommand.name);
    name.resize(15, ' ');
    text += "\n   " + name + ' ' + subcommand.text;
  }
  complain(text);
  return 1;
}

}  // namespace

int runSubcommand(std::string_view program, std::span<const Subcommand> subcommands,
                  const Args& args) {
  if (!args.empty())
    for (const Subcommand& subcommand : subcommands)
      if (subcommand.name == args[0]) return subcommand.run(Args(args.begin() + 1, args.end()));
  return listAll(program, subcommands);
}

}  // namespace mc::flux::commands
