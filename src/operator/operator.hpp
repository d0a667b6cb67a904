#pragma once
// The operator as a process: `minicluster operator`.
//
// Replicas share the webhooks; one of them, elected if leaderElect is set, reconciles. All keep
// their caches, so that a new leader goes on at once.
//
// Thread-safety: runOperator() belongs to the main thread and starts its own.

#include <stop_token>
#include <string>

#include "kube/config.hpp"
#include "operator/controller.hpp"
#include "operator/log.hpp"

namespace mc::controller {

struct OperatorOptions {
  kube::ConfigOverrides kubernetes;
  std::string ns;      ///< only MiniClusters of this namespace; empty: of all
  std::string ownNs;   ///< where the operator runs: its lease and its webhooks
  std::string ownPod;  ///< for events; empty: the host's name
  ControllerOptions controller;
  bool leaderElect = false;
  std::string lease = "minicluster-operator";
  std::string metricsAddress = ":8080";  ///< kNoAddress: none
  std::string healthAddress = ":8081";   ///< kNoAddress: none
  int64_t webhookPort = 9443;            ///< 0: no webhooks
  std::string webhookService = "minicluster-operator-webhook";
  std::string webhookConfiguration = "minicluster-operator";
};

/// Runs until `stop`. Errors: no configuration, no such API server, an address that is in use, a
/// lease that was lost.
base::Status runOperator(const OperatorOptions& options, Log& log, const std::stop_token& stop);

/// Few arenas: threads that wait most of the time need no memory of their own. Before any thread is
/// started.
void keepMemoryLow();

}  // namespace mc::controller
