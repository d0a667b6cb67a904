#pragma once
// What the Docker Engine says about one of our containers, taken out of its JSON.
//
// Thread-safety: plain values and pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "local/vocabulary.hpp"

namespace mc::local {

struct ContainerFacts {
  std::string id;
  std::string name;  ///< Docker's, without "/"
  // From our labels:
  ClusterRef cluster;
  std::string clusterUid;
  std::string part;       ///< label::kPartPause or kPartContainer
  std::string pod;        ///< with suffix
  std::string container;  ///< empty for a pause
  std::string podSpec;    ///< of a pause
  bool lead = false;      ///< the lead pod's Flux container
  // From the engine:
  std::string status;  ///< created, running, paused, restarting, removing, exited, dead
  bool oomKilled = false;
  int exitCode = 0;
  std::string error;  ///< why it could not be started
  int restarts = 0;
  double createdAt = 0;
  double startedAt = 0;
  double finishedAt = 0;
  std::string health;        ///< starting, healthy, unhealthy; empty: it has no probes
  std::string healthOutput;  ///< of the last probe that failed
  int healthFailures = 0;    ///< failures in a row
  std::string image;
  std::string imageId;
  std::string ip;                        ///< of a running pause
  std::string joined;                    ///< id of the container whose network it shares
  std::vector<std::string> environment;  ///< "NAME=VALUE"

  [[nodiscard]] bool running() const { return status == "running" || status == "paused"; }
  /// Has been started once, whatever became of it.
  [[nodiscard]] bool started() const { return startedAt > 0; }
  /// Has ended and won't be started again by the engine.
  [[nodiscard]] bool ended() const {
    return started() && (status == "exited" || status == "dead" || status == "removing");
  }
};

/// Reads the answer of "inspect container".
ContainerFacts readFacts(const boost::json::object& inspected);

}  // namespace mc::local
