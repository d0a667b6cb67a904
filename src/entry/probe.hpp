#pragma once
// Probes of a container: the engine starts this program in the container from time to time, and
// takes its exit status and words.
//
// Source of the rules: Kubernetes API core/v1 Probe. The engine's first question comes early and
// often, so that a container is ready as soon as it answers; within the first period after the
// container's start each question is answered at once, later ones at the end of a period.
//
// Thread-safety: pure functions, but for runProbes().

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::entry {

/// One probe; exactly one of exec, httpPort and tcpPort is set. Times are seconds.
struct ProbeSpec {
  std::string name;  ///< "Readiness", for messages
  std::vector<std::string> exec;
  std::string httpPort;
  std::string httpHost;
  std::string httpPath;
  std::vector<std::pair<std::string, std::string>> httpHeaders;
  std::string tcpPort;
  std::string tcpHost;
  int32_t initialDelay = 0;
  int32_t period = 10;
  int32_t timeout = 1;
  int32_t successThreshold = 1;
  int32_t failureThreshold = 3;
};

/// Those of one container, asked in this order until one fails.
struct ProbeSet {
  std::optional<ProbeSpec> startup;
  std::optional<ProbeSpec> liveness;
  std::optional<ProbeSpec> readiness;

  /// The longest that a round of them may take.
  [[nodiscard]] int32_t longest() const;
};

/// JSON text, and back. EINVAL.
std::string format(const ProbeSet& set);
base::Result<ProbeSet> parseProbes(std::string_view text);

/// Asks one probe. The error's message is what the kubelet would say.
base::Status ask(const ProbeSpec& probe);

/// How long to wait before the next round, `uptime` seconds after the container's start.
double pauseBefore(const ProbeSet& set, double uptime);

/// `minicluster-entry probe JSON`: 0, or 1 with "Readiness probe failed: ..." on stdout.
int runProbes(const std::string& text);

}  // namespace mc::entry
