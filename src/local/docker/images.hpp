#pragma once
// Images of the Docker Engine. Errors and thread-safety: as Client.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"

namespace mc::local::docker {

/// Nothing if there is no such image here.
base::Result<std::optional<boost::json::object>> inspectImage(Client& client,
                                                              const std::string& image,
                                                              const std::stop_token& stop);

/// How far a pull is, over all layers known so far.
struct PullState {
  uint64_t bytes = 0;
  uint64_t total = 0;
  int layers = 0;
  int layersDone = 0;
};

/// Fetches an image from its registry. `auth` is a value for X-Registry-Auth, or empty. `told` is
/// called for each change.
base::Status pullImage(Client& client, const std::string& image, const std::string& auth,
                       const std::function<void(const PullState&)>& told,
                       const std::stop_token& stop);

/// Makes an image of one layer, named REPOSITORY:TAG, out of a tar archive of its root.
base::Status importImage(Client& client, const std::string& repository, const std::string& tag,
                         const std::map<std::string, std::string>& labels, BodySource tar,
                         const std::stop_token& stop);

base::Result<boost::json::array> listImages(Client& client, const std::string& label,
                                            const std::stop_token& stop);

/// EEXIST while a container uses it.
base::Status removeImage(Client& client, const std::string& image, const std::stop_token& stop);

}  // namespace mc::local::docker
