#pragma once
// What kubectl's `get pods` says of a pod in one line.
//
// Source: kubectl's printer of pods (printPod in Kubernetes' pkg/printers/internalversion): the
// same rules in the same order, so that both commands print the same words. Thread-safety: pure
// functions.

#include <string>

#include "kube/object.hpp"

namespace mc::remote {

struct PodSummary {
  std::string status;  ///< "Running", "Init:0/2", "CrashLoopBackOff", "Terminating" ...
  int ready = 0;       ///< containers, native sidecars included
  int restarts = 0;
};

PodSummary summarize(const kube::Object& pod);

/// Whether the init container of that name goes on beside the others (restartPolicy Always).
bool isSidecar(const kube::Object& pod, std::string_view name);

}  // namespace mc::remote
