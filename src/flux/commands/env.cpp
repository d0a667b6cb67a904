// flux env: prints the environment of Flux, or runs a command in it.

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

int envMain(const Args& args) {
  const std::string uri = client::brokerUri();
  if (args.empty()) {
    print("export FLUX_URI=\"" + uri + "\"\n");
    return 0;
  }
  if (args[0] == "-h" || args[0] == "--help") {
    complain(
        "Usage: flux env [OPTIONS...] [COMMAND...]\n"
        "Print or run inside a Flux environment\n"
        "  -h, --help             Display this message.");
    return 0;
  }
  ::setenv("FLUX_URI", uri.c_str(), 1);
  std::vector<std::string> words = args;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  const int errnum = errno;
  failAs("flux-env", "execvp (" + args[0] + "): " + std::strerror(errnum));
  return errnum == ENOENT ? 127 : 126;
}

}  // namespace mc::flux::commands
