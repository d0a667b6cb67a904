#pragma once
// Which pod and which container a verb means.
//
// Thread-safety: none.

#include <string>

#include "cli/verb.hpp"

namespace mc::cli {

/// The lead pod of a MiniCluster. ENOENT: there is none (yet).
base::Result<engine::PodView> findLead(Context& context, const engine::ClusterRef& ref);

/// "NAME", "pod/NAME", or the lead pod of "minicluster/NAME", of "NAME" if no pod has that name, or
/// of the MiniCluster in "FILE.yaml"; pod names may lack their suffix. `verb` is for messages.
base::Result<engine::PodView> findPod(Context& context, const std::string& verb,
                                      const std::string& word);

/// The container of that name, or, if it is empty, the one that the pod's annotation
/// kubectl.kubernetes.io/default-container names, else the first one: the Flux container. The
/// choice is said on `err` if there was one, as kubectl does. EINVAL: no such container.
base::Result<std::string> chooseContainer(const engine::PodView& pod, const std::string& name,
                                          Output& err);

}  // namespace mc::cli
