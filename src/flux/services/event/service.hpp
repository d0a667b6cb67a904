#pragma once
// The service "event" of rank 0: publishes events for those who want to know their sequence number
// (event.pub). Subscriptions are handled at the local socket, where the subscriber is.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "flux/broker/router.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::services {

std::unique_ptr<broker::Service> makeEvent(broker::Router& router);

}  // namespace mc::flux::services
