#pragma once
// The service "log": log lines of this broker (append, dmesg, clear).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>

#include "flux/broker/log_buffer.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::services {

std::unique_ptr<broker::Service> makeLog(broker::LogBuffer& buffer);

}  // namespace mc::flux::services
