#pragma once
// broker.toml, read by flux-core and by the embedded Flux alike.
//
// Sources: flux-config-bootstrap(5), flux-config-access(5), flux-config-resource(5).
// Thread-safety: pure functions.

#include <string>

#include "plan/plan.hpp"

namespace mc::plan {

/// Port of the brokers.
constexpr uint16_t kBrokerPort = 8050;

/// Whether R has to be written before Flux starts. Flux finds out by itself what each node has, but
/// only once all of them are there: not so if it may start with fewer, or if cores were given.
bool needsResourceFile(const api::MiniCluster& cluster);

/// The manifest's own if it has one.
std::string brokerConfig(const api::MiniCluster& cluster);

}  // namespace mc::plan
