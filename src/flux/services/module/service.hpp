#pragma once
// The service "module": `module.list` (RFC 5) shows the services of this broker as the modules of
// flux-core that provide them, for those who look whether one is there. Nothing can be loaded,
// removed or traced: the other methods are unknown.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "base/clock.hpp"
#include "flux/broker/router.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::services {

/// `router` and `clock` outlive the service.
std::unique_ptr<broker::Service> makeModule(const broker::Router& router, const base::Clock& clock);

}  // namespace mc::flux::services
