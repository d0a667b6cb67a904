#pragma once
// A Service as a container: it has the Service's names in the namespace's network, and passes
// connections on to the pods that the Service selects (entry/forwarder.hpp).
//
// Thread-safety: may be called from any thread.

#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/snapshot.hpp"

namespace mc::local {

/// The forwarder's container. Ports whose target is a name that no pod of `snapshot` has are left
/// out until there is one.
boost::json::object forwarderSpec(const Record& record, const core::Service& service,
                                  const Snapshot& snapshot, const std::string& toolsImage);

/// Makes and starts the forwarder, or puts a new one in the place of one that forwards otherwise.
base::Status ensureForwarder(docker::Client& client, const Record& record,
                             const core::Service& service, const Snapshot& snapshot,
                             const std::string& toolsImage, const std::stop_token& stop);

/// The same for all Services of a namespace: pods that have come may have named ports.
base::Status refreshForwarders(docker::Client& client, const std::string& ns,
                               const std::string& toolsImage, const std::stop_token& stop);

/// Whether a pod has all labels of a selector; an empty one selects none.
bool selects(const api::StringMap& selector, const api::StringMap& labels);

/// `cluster` is the owner of a Service.
ServiceView serviceView(const ClusterState& cluster, const core::Object& object,
                        const Snapshot& snapshot);

}  // namespace mc::local
