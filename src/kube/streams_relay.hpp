#pragma once
// Carrying bytes between a descriptor and the channels of a WebSocket. Internal to kube's streams.
//
// Thread-safety: one thread at a time.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "http/websocket.hpp"

namespace mc::kube {

/// A message for `channel`, whose number goes in front.
std::string framed(uint8_t channel, std::string_view data);

struct Relay {
  int input = -1;  ///< read until its end; -1: none
  uint8_t inputChannel = 0;
  std::function<void()> onInputEnd;
  /// Takes messages; a failure ends the relay with that failure.
  std::function<base::Status(uint8_t channel, std::string_view data)> onMessage;
};

/// Until the peer closes. ECANCELED after a stop.
base::Status relay(http::WebSocket& socket, const Relay& ends, const std::stop_token& stop);

}  // namespace mc::kube
