#pragma once
// The probes of a container, and the text in which the engine hands them to this program.
//
// Source of fields and defaults: Kubernetes API core/v1 Probe. The format is our own.
// Thread-safety: plain values, pure functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::entry {

/// A question to a container. Exactly one of exec, httpPort, tcpPort is set; times are seconds.
struct Probe {
  std::vector<std::string> exec;
  std::string httpPort;  ///< number; in a manifest also the name of a port
  std::string httpHost;  ///< empty: the pod itself
  std::string httpPath = "/";
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
struct Probes {
  std::optional<Probe> startup;
  std::optional<Probe> liveness;
  std::optional<Probe> readiness;

  [[nodiscard]] bool any() const { return startup || liveness || readiness; }
  /// The longest that a round of them may take, in seconds.
  [[nodiscard]] int32_t longest() const;
};

boost::json::object toJson(const Probes& probes);
/// What is missing or of another type keeps its default.
Probes readProbes(const boost::json::object& object);

/// The same as text. EINVAL if it is no JSON object.
std::string format(const Probes& probes);
base::Result<Probes> parseProbes(std::string_view text);

}  // namespace mc::entry
