#pragma once
// The services of jobs, wired together: on rank 0 all of them, around one KVS store and one table
// of jobs; on other ranks only the probe that tells rank 0 what the node has.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <optional>
#include <vector>

#include "base/status.hpp"
#include "flux/broker/service.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::services {

/// `host` outlives the services. They hold on to each other: their order of destruction is free.
/// `enclosing`: what the job has that this instance is. Fails where the configuration is bad.
base::Result<std::vector<std::unique_ptr<broker::Service>>> makeJobServices(
    broker::Host& host, const std::optional<formats::ResourceSet>& enclosing = {});

}  // namespace mc::flux::services
