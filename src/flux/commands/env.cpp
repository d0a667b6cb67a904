// flux env and flux python: the environment of Flux, and programs in it.

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

// In our place; gives the exit status if that fails.
int execute(const char* self, Args words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  const int errnum = errno;
  failAs(self, "execvp (" + words[0] + "): " + std::strerror(errnum));
  return errnum == ENOENT ? 127 : 126;
}

}  // namespace

// PYTHONPATH is what it is here: each of our programs begins with setting it.
int envMain(const Args& args) {
  const std::string uri = client::brokerUri();
  if (args.empty()) {
    print("export FLUX_URI=\"" + uri + "\"\n");
    if (const char* path = std::getenv("PYTHONPATH"))
      print("export PYTHONPATH=\"" + std::string(path) + "\"\n");
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
  return execute("flux-env", args);
}

int pythonMain(const Args& args) {
  Args words{"python3"};
  words.insert(words.end(), args.begin(), args.end());
  return execute("flux-python", std::move(words));
}

}  // namespace mc::flux::commands
