#pragma once
// Probes of a container: the engine starts this program in the container from time to time, and
// takes its exit status and words.
//
// Source of the rules: Kubernetes API core/v1 Probe. The engine's first question comes early and
// often, so that a container is ready as soon as it answers; within the first period after the
// container's start each question is answered at once, later ones at the end of a period.
//
// Thread-safety: pure functions, but for runProbes().

#include <string>

#include "base/status.hpp"
#include "entry/probes.hpp"

namespace mc::entry {

/// Asks one probe. The error's message is what the kubelet would say.
base::Status ask(const Probe& probe);

/// How long to wait before the next round, `uptime` seconds after the container's start.
double pauseBefore(const Probes& set, double uptime);

/// `minicluster-entry probe JSON`: 0, or 1 with "Readiness probe failed: ..." on stdout.
int runProbes(const std::string& text);

}  // namespace mc::entry
