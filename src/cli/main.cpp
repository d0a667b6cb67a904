// The `minicluster` command: wires the real world together.

#include <unistd.h>

#include "cli/app.hpp"

int main(int argc, char** argv) {
  using namespace mc;
  cli::ProcessSignals signals;
  cli::FdOutput out(STDOUT_FILENO, "/dev/stdout");
  cli::FdOutput err(STDERR_FILENO, "/dev/stderr");
  const auto terminal = cli::makeTerminal(STDIN_FILENO);
  const base::SystemClock clock;
  const cli::Verbs verbs = cli::makeVerbs();
  cli::Context context{
      .out = out,
      .err = err,
      .stdinFd = STDIN_FILENO,
      .terminal = *terminal,
      .signals = signals,
      .clock = clock,
      .verbs = verbs,
      .makeEngine = [] { return local::makeEngine(local::engineOptionsFromEnvironment()); },
  };
  return cli::runApp(context, {argv + 1, argv + argc});
}
