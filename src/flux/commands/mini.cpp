// flux mini: the spelling of submit, run, alloc, batch and bulksubmit before flux-core 0.48, which
// workflow tools still call.

#include <algorithm>
#include <array>
#include <cstdio>

#include "flux/commands/commands.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::array<std::string_view, 5> kSpellings = {"submit", "run", "alloc", "batch",
                                                        "bulksubmit"};

std::string spellings() {
  std::string list;
  for (std::string_view name : kSpellings) list.append(list.empty() ? "" : ",").append(name);
  return list;
}

int refuse(const std::string& why) {
  std::fprintf(stderr, "usage: flux mini [-h] {%s} ...\nflux-mini: error: %s\n",
               spellings().c_str(), why.c_str());
  return 2;
}

}  // namespace

int miniMain(const Args& args) {
  if (args.empty()) return refuse("the following arguments are required: subcommand");
  if (args[0] == "-h" || args[0] == "--help") {
    std::printf("usage: flux mini [-h] {%s} ...\n", spellings().c_str());
    return 0;
  }
  if (std::find(kSpellings.begin(), kSpellings.end(), args[0]) == kSpellings.end())
    return refuse("argument subcommand: invalid choice: '" + args[0] + "'");
  return findCommand(args[0])(Args(args.begin() + 1, args.end()));
}

}  // namespace mc::flux::commands
