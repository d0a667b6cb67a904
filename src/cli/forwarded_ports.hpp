#pragma once
// Which ports `port-forward` means.
//
// Source of forms and words: kubectl's port-forward. Thread-safety: values and pure functions.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "http/forwarder.hpp"

namespace mc::cli {

/// "REMOTE", "LOCAL:REMOTE", ":REMOTE" or "0:REMOTE" (a free local port); REMOTE is a number or a
/// port's name.
struct PortRequest {
  std::optional<uint16_t> local;  ///< absent: the same as the remote one
  std::string remote;
};

/// EINVAL for what has another form.
base::Result<PortRequest> parsePort(const std::string& word);

/// The numbers, for what ports are forwarded of (`name`). EINVAL: it has no such port.
base::Result<http::PortPair> resolvePort(const PortRequest& request, engine::Forwarded kind,
                                         const std::string& name, const engine::Backend& backend);

/// Where to listen, of "localhost,10.0.0.1": IP addresses; localhost stands for both of its own.
/// EINVAL for other names.
base::Result<std::vector<std::string>> parseAddresses(const std::vector<std::string>& words);

/// "127.0.0.1:8080", "[::1]:8080"
std::string placeText(const std::string& address, uint16_t port);

}  // namespace mc::cli
