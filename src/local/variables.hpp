#pragma once
// The environment of a container: values of its manifest, of ConfigMaps and Secrets, and of its
// pod.
//
// Source: Kubernetes API core/v1, EnvVar and EnvFromSource: what `env` says wins over `envFrom`, a
// later entry over an earlier one; only values of the manifest are searched for $(NAME).
//
// Thread-safety: pure functions, but for the DataReader.

#include <string>

#include "base/status.hpp"
#include "local/store.hpp"
#include "plan/plan.hpp"

namespace mc::local {

/// What a pod knows of itself.
struct PodFacts {
  std::string ns;
  std::string name;
  std::string uid;
  std::string node;
  std::string ip;
};

/// Whether the environment holds the pod's address, which it has once its pause container runs.
bool needsAddress(const plan::Container& container);

/// The container with `environment`, `command` and `args` as they are to be given to the engine.
/// ENOENT names what is missing.
base::Result<plan::Container> withEnvironment(const plan::Pod& pod,
                                              const plan::Container& container,
                                              const PodFacts& facts, DataReader& data);

}  // namespace mc::local
