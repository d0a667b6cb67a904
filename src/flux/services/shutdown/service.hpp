#pragma once
// The service "shutdown" of rank 0: ends the instance at a client's wish, and shows it the log
// meanwhile (`flux shutdown`).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <memory>

#include "flux/broker/log_buffer.hpp"
#include "flux/broker/service.hpp"
#include "flux/broker/state_machine.hpp"

namespace mc::flux::services {

/// `begin` starts the shutdown, or says why it cannot (EINVAL).
std::unique_ptr<broker::Service> makeShutdown(broker::StateMachine& machine, broker::LogBuffer& log,
                                              uint32_t rank, std::function<base::Status()> begin);

}  // namespace mc::flux::services
