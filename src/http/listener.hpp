#pragma once
// The listening socket of a Server.
//
// Thread-safety: one thread at a time.

#include <cstdint>
#include <string>

#include "base/fd.hpp"
#include "base/status.hpp"

namespace mc::http {

struct Listener {
  base::Fd fd;          ///< non-blocking
  uint16_t port = 0;    ///< 0: a unix socket
  std::string address;  ///< what a client dials
  std::string path;     ///< of a unix socket, to be removed at the end
};

/// `where` as ServerOptions::listen. A socket that is left over at a unix path is replaced.
base::Result<Listener> listenAt(const std::string& where);

}  // namespace mc::http
