// flux version.

#include "flux/version.hpp"

#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

int versionMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-version",
                        .usage = "flux version [OPTIONS]",
                        .description = "Display flux version information"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const std::string own(kFluxVersion);
  print("commands:    \t\t" + own + "\nlibflux-core:\t\t" + own + "\n");
  // Without a broker there is just nothing to tell of it; and no reason to wait for one.
  if (::getenv("FLUX_URI") != nullptr)
    if (auto session = Session::open())
      if (const auto answer = (*session)->call("attr.get", {{"name", "version"}})) {
        print("broker:  \t\t" + std::string(formats::getString(*answer, "value").value_or("")) +
              "\nFLUX_URI:\t\t" + client::brokerUri() + "\n");
      }
  print("build-options:\t\t+static\n");
  return 0;
}

}  // namespace mc::flux::commands
