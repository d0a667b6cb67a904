#pragma once
// Carrying bytes between a connected socket, an input descriptor and a sink.
//
// Thread-safety: one thread at a time.

#include <functional>
#include <stop_token>
#include <string_view>

#include "base/status.hpp"

namespace mc::base {

/// Passes what `input` (-1: none) gives to `connection`, whose sending side is closed at the
/// input's end, and what the connection gives to `take`, until the connection ends. ECANCELED after
/// a stop.
Status relay(int connection, int input, const std::function<Status(std::string_view)>& take,
             const std::stop_token& stop);

}  // namespace mc::base
