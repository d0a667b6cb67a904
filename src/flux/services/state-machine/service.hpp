#pragma once
// The service "state-machine": where this broker is in its life (get, wait, monitor).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "flux/broker/service.hpp"
#include "flux/broker/state_machine.hpp"

namespace mc::flux::services {

std::unique_ptr<broker::Service> makeStateMachine(broker::StateMachine& machine);

}  // namespace mc::flux::services
