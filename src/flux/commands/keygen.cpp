// flux keygen: writes the CURVE certificate that the brokers of an instance share.

#include <unistd.h>

#include <ctime>

#include "base/curve_cert.hpp"
#include "base/fd.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/text.hpp"
#include "flux/version.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kKeygenOptions[] = {
    {'n', "name", Takes::Value, "NAME", "Set certificate name (default: hostname)"},
    {0, "meta", Takes::Value, "KEYVALS", "Add/update comma-separated key=value metadata"},
};

std::string localTime() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return text;
}

}  // namespace

int keygenMain(const Args& args) {
  constexpr const char* kProgram = "flux-keygen";
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux keygen [OPTIONS] [PATH]",
                        .description = "Generate keys for Flux security",
                        .options = kKeygenOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() > 1) return usageHelp(grammar);
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  std::vector<std::pair<std::string, std::string>> metadata = {
      {"name", parsed.valueOr("name", host)},
      {"keygen.flux-core-version", kFluxVersion},
      {"keygen.hostname", host},
      {"keygen.time", localTime()},
      {"keygen.userid", std::to_string(::getuid())}};
  if (const auto more = parsed.value("meta"))
    for (const std::string& entry : formats::splitList(*more)) {
      const size_t equals = entry.find('=');
      if (equals == std::string::npos || equals == 0)
        return failAs(kProgram, "could not parse metadata: " + entry);
      metadata.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
    }
  const auto cert = base::makeCurveCert(std::move(metadata));
  if (!cert) return failAs(kProgram, cert.error().message);
  if (parsed.rest.empty()) return 0;  // as flux-core: keys are made, and nowhere kept
  constexpr mode_t kOwnerOnly = 0600;
  const auto written = base::writeFileAtomic(
      parsed.rest[0], base::formatCurveCert(*cert, base::SystemClock().wall()), kOwnerOnly);
  return written ? 0 : failAs(kProgram, written.error().message);
}

}  // namespace mc::flux::commands
