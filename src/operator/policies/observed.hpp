#pragma once
// What the caches know of one MiniCluster, and short ways to what the policies ask of it.
//
// Source: Kubernetes API, batch/v1 JobStatus, core/v1 PodStatus. Thread-safety: plain values and
// pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kube/object.hpp"

namespace mc::controller {

/// The owned objects; null or empty where there are none.
struct Observed {
  kube::ObjectPtr job;
  std::vector<kube::ObjectPtr> pods;  ///< of the Job
  kube::ObjectPtr servicesPod = {};
};

/// Whether a condition of this type is True; its object, or null.
const kube::Object* trueCondition(const kube::Object& object, std::string_view type);

/// The pod of the lead broker, or null: of several with index 0 the one that counts, which is the
/// youngest that is not on its way out.
kube::ObjectPtr leadPod(const Observed& observed);

int32_t indexOf(const kube::Object& pod);

/// Whether a pod is ready, or has completed.
bool isReady(const kube::Object& pod);

/// State of the container in which Flux runs.
struct FluxContainer {
  bool running = false;
  std::optional<int64_t> exitCode;
  std::string startedAt;     ///< RFC 3339; empty: not yet
  std::string finishedAt;    ///< RFC 3339; empty: not yet
  bool outOfMemory = false;  ///< it was killed for it
};
FluxContainer fluxContainer(const kube::Object& pod, std::string_view name);

}  // namespace mc::controller
