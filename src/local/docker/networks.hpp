#pragma once
// Networks of the Docker Engine. Errors and thread-safety: as Client.

#include <boost/json/array.hpp>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local::docker {

/// A bridge network. Returns its id; EEXIST if there is one of that name.
base::Result<std::string> createNetwork(Client& client, const std::string& name,
                                        const std::map<std::string, std::string>& labels,
                                        const std::stop_token& stop);

/// Also succeeds if it is gone. EACCES while containers use it.
base::Status removeNetwork(Client& client, const std::string& id, const std::stop_token& stop);

base::Result<boost::json::array> listNetworks(Client& client,
                                              const std::vector<std::string>& labels,
                                              const std::stop_token& stop);

}  // namespace mc::local::docker
