#pragma once
// Which pod and which container a verb means.
//
// Thread-safety: none.

#include <string>

#include "cli/verb.hpp"

namespace mc::cli {

/// "NAME", "pod/NAME" or "minicluster/NAME" (its lead pod); pod names may lack their suffix.
base::Result<local::PodView> findPod(Context& context, const std::string& word);

/// The container of that name, or, if it is empty, the one that the pod's annotation
/// kubectl.kubernetes.io/default-container names, else the first one: the Flux container. The
/// choice is said on `err` if there was one, as kubectl does. EINVAL: no such container.
base::Result<std::string> chooseContainer(const local::PodView& pod, const std::string& name,
                                          Output& err);

}  // namespace mc::cli
