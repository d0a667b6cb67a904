#pragma once
// A Loop with an io_context of Asio below it, for programs with parts that speak Asio (resolvers).
// Kept apart from loop.hpp, so that only those files pay for Asio's headers.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/loop.hpp"

namespace mc::base {

std::unique_ptr<Loop> makeAsioLoop();

/// `loop` must come from makeAsioLoop().
boost::asio::io_context& ioContext(Loop& loop);

}  // namespace mc::base
