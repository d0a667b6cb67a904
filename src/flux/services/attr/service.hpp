#pragma once
// The service "attr": attributes of this broker (get, list, set, rm).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "flux/broker/attributes.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::services {

std::unique_ptr<broker::Service> makeAttr(broker::Attributes& attributes);

}  // namespace mc::flux::services
