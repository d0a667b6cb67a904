#pragma once
// The service "config": the configuration of this broker (get, reload, load).
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <memory>

#include "flux/broker/service.hpp"

namespace mc::flux::services {

struct ConfigAccess {
  std::function<const boost::json::object&()> get;
  /// Reads the files again.
  std::function<base::Result<boost::json::object>()> read;
  /// Makes a new configuration the one of this broker.
  std::function<base::Status(boost::json::object)> replace;
};

std::unique_ptr<broker::Service> makeConfig(ConfigAccess access);

}  // namespace mc::flux::services
