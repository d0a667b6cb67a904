// The `minicluster` command, also as kubectl's plugin: wires the real world together.

#include <unistd.h>

#include <algorithm>

#include "cli/app.hpp"
#include "local/engine.hpp"
#include "remote/engine.hpp"

namespace {

using namespace mc;

kube::ConfigOverrides overridesOf(const cli::EngineChoice& choice) {
  return {.kubeconfig = choice.kubeconfig, .context = choice.kubeContext};
}

base::Result<std::unique_ptr<engine::Engine>> makeEngine(const cli::EngineChoice& choice) {
  if (choice.kind == cli::EngineKind::Local)
    return local::makeEngine(local::engineOptionsFromEnvironment());
  return remote::makeEngine(overridesOf(choice), kube::processEnvironment());
}

std::string defaultNamespace(const cli::EngineChoice& choice) {
  if (choice.kind == cli::EngineKind::Local) return "default";
  return remote::contextNamespace(overridesOf(choice), kube::processEnvironment());
}

}  // namespace

int main(int argc, char** argv) {
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
      .makeEngine = makeEngine,
      .defaultNamespace = defaultNamespace,
      .invocation = cli::invocationOf(argc > 0 ? argv[0] : ""),
  };
  return cli::runApp(context, {argv + std::min(argc, 1), argv + argc});
}
