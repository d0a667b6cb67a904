#pragma once
// What the Flux containers of a MiniCluster have noted (entry/journal.hpp). On Kubernetes it is
// their termination message: the API has it once they have ended, before it is asked of themselves.
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "engine/view.hpp"
#include "kube/object.hpp"
#include "remote/streams.hpp"

namespace mc::remote {

/// Of these pods; a container's runs before and its present one follow each other. ECANCELED.
base::Result<std::vector<engine::Journal>> journalsOf(const std::vector<kube::Object>& pods,
                                                      Streams& streams,
                                                      const std::stop_token& stop);

}  // namespace mc::remote
