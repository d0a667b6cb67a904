#pragma once
// Commands of C programs that have commands of their own: `flux kvs`, `flux archive`.
//
// Thread-safety: none.

#include <span>
#include <string_view>

#include "flux/commands/commands.hpp"

namespace mc::flux::commands {

struct Subcommand {
  std::string_view name;
  CommandMain run;
  const char* text;  ///< for the list of all
};

/// Runs the one that `args` names; without or for another name it lists them and gives 1.
int runSubcommand(std::string_view program, std::span<const Subcommand> subcommands,
                  const Args& args);

}  // namespace mc::flux::commands
