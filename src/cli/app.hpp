#pragma once
// From the command line to the exit status: what main() does once the world is made.
//
// Thread-safety: none.

#include <string>
#include <vector>

#include "cli/verb.hpp"

namespace mc::cli {

/// Exit statuses beside those of jobs and commands: 0 done, 1 failed or used wrongly,
/// 128 + signal if a signal ended it, 141 if nobody read the output any more.
/// `words` is the command line without the program's name.
int runApp(Context& context, std::vector<std::string> words);

}  // namespace mc::cli
