#pragma once
// The io_context below a loop of makeLoop(), for transports that speak Asio (TLS streams, resolvers).
// Kept apart from loop.hpp, so that only those files pay for Asio's headers.

#include <boost/asio/io_context.hpp>

#include "base/loop.hpp"

namespace mc::base {

/// `loop` must come from makeLoop().
boost::asio::io_context& ioContext(Loop& loop);

}  // namespace mc::base
