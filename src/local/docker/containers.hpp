#pragma once
// Containers of the Docker Engine: thin calls, one per endpoint of the API.
//
// `id` may be a container's id or its name. Objects are the API's own JSON.
// Errors and thread-safety: as Client.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/docker/frames.hpp"

namespace mc::local::docker {

/// Returns the id. EEXIST if the name is taken, ENOENT if the image is missing.
base::Result<std::string> createContainer(Client& client, const std::string& name,
                                          const boost::json::object& spec,
                                          const std::stop_token& stop);

/// Also succeeds if it runs already.
base::Status startContainer(Client& client, const std::string& id, const std::stop_token& stop);

/// Asks it to end and kills it after `grace` (absent: the container's own StopTimeout). Returns
/// when it has ended; also succeeds if it has ended before.
base::Status stopContainer(Client& client, const std::string& id,
                           std::optional<std::chrono::seconds> grace, const std::stop_token& stop);

base::Status killContainer(Client& client, const std::string& id, const std::string& signal,
                           const std::stop_token& stop);

/// Removes it with its anonymous volumes, killing it if it runs. Also succeeds if it is gone
/// already.
base::Status removeContainer(Client& client, const std::string& id, const std::stop_token& stop);

base::Result<boost::json::object> inspectContainer(Client& client, const std::string& id,
                                                   const std::stop_token& stop);

/// All that carry every one of `labels` ("key=value"), running or not.
base::Result<boost::json::array> listContainers(Client& client,
                                                const std::vector<std::string>& labels,
                                                const std::stop_token& stop);

/// Waits until it does not run any more; returns its exit status.
base::Result<int> waitContainer(Client& client, const std::string& id, const std::stop_token& stop);

struct LogQuery {
  bool follow = false;
  bool timestamps = false;
  std::optional<int64_t> tail;
  std::string since;  ///< Unix time with fraction; empty: from the start
  std::string until;  ///< the same; empty: to the end
};

/// Delivers what the container has written; with `follow` until it ends. `begin`, if given, is
/// called before each message.
base::Status containerLogs(Client& client, const std::string& id, const LogQuery& query,
                           const FrameSink& sink, const std::stop_token& stop,
                           const FrameReader::Begin& begin = {});

base::Status resizeContainer(Client& client, const std::string& id, int rows, int columns,
                             const std::stop_token& stop);

/// A raw connection to the main process.
base::Result<Upgraded> attachContainer(Client& client, const std::string& id, bool withStdin,
                                       const std::stop_token& stop);

/// Unpacks a tar archive below `path`, which must exist.
base::Status putArchive(Client& client, const std::string& id, const std::string& path,
                        BodySource tar, const std::stop_token& stop);

/// The file or directory at `path` as a tar archive. ENOENT if there is none.
base::Result<std::string> getArchive(Client& client, const std::string& id, const std::string& path,
                                     const std::stop_token& stop);

/// Size in bytes of what is at `path`; nothing if there is nothing.
base::Result<std::optional<int64_t>> statArchive(Client& client, const std::string& id,
                                                 const std::string& path,
                                                 const std::stop_token& stop);

}  // namespace mc::local::docker
