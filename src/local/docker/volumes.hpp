#pragma once
// Volumes of the Docker Engine. Errors and thread-safety: as Client.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local::docker {

/// Makes a volume of the local driver, or returns the one of that name, which keeps its own labels:
/// that is how the maker is known.
base::Result<boost::json::object> createVolume(Client& client, const std::string& name,
                                               const std::map<std::string, std::string>& labels,
                                               const std::map<std::string, std::string>& options,
                                               const std::stop_token& stop);

/// Also succeeds if it is gone. EEXIST while a container uses it.
base::Status removeVolume(Client& client, const std::string& name, const std::stop_token& stop);

/// Nothing if there is none of that name.
base::Result<std::optional<boost::json::object>> inspectVolume(Client& client,
                                                               const std::string& name,
                                                               const std::stop_token& stop);

base::Result<boost::json::array> listVolumes(Client& client, const std::vector<std::string>& labels,
                                             const std::stop_token& stop);

}  // namespace mc::local::docker
