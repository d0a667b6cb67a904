#pragma once
// The service "broker": the broker process itself (rusage; ping is answered for every service).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "flux/broker/service.hpp"

namespace mc::flux::services {

std::unique_ptr<broker::Service> makeBroker();

}  // namespace mc::flux::services
