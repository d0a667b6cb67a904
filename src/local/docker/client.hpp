#pragma once
// Calls of the Docker Engine API: versioned paths, JSON in and out, refusals as errors.
//
// What the calls mean is in containers.hpp, images.hpp, networks.hpp, volumes.hpp, exec.hpp and
// system.hpp; this is what they share. Source: Docker Engine API v1.41 and later; Podman's
// compatibility API answers the same calls.
//
// Errors: see error.hpp; ECONNREFUSED when no daemon answers, ECANCELED after a stop, EIO when the
// connection breaks.
//
// Thread-safety: a Client may be used by several threads at once; the calls run side by side.

#include <boost/json/value.hpp>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"
#include "http/client.hpp"
#include "http/uri.hpp"
#include "local/docker/endpoint.hpp"

namespace mc::local::docker {

using http::BodySource;
using http::escaped;
using http::Query;
using http::Request;
using http::Response;

/// A raw connection to a container's process.
struct Upgraded {
  base::Fd fd;
  std::string received;  ///< bytes of the raw stream that came with the answer's head
};

/// The oldest and the newest API that we speak; the daemon's own is taken if it lies between.
constexpr std::string_view kOldestApi = "1.41";
constexpr std::string_view kNewestApi = "1.47";

class Client {
 public:
  explicit Client(const Endpoint& endpoint);

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  /// The version that is spoken, "1.41"; asked of the daemon once.
  base::Result<std::string> apiVersion(const std::stop_token& stop);

  /// A call whose answer is JSON, or nothing (then null). `body` null: no body.
  base::Result<boost::json::value> call(std::string_view method, std::string_view path,
                                        const Query& query, const boost::json::value& body,
                                        const std::stop_token& stop);

  /// A call whose answer is read piece by piece. `request.target` is set from path and query.
  base::Result<Response> open(Request request, std::string_view path, const Query& query,
                              const std::stop_token& stop);

  /// A call that ends in a raw connection.
  base::Result<Upgraded> upgrade(std::string_view path, const Query& query,
                                 const boost::json::value& body, const std::stop_token& stop);

 private:
  base::Result<std::string> target(std::string_view path, const Query& query,
                                   const std::stop_token& stop);

  const Endpoint endpoint_;
  http::Client http_;
  std::mutex mutex_;
  std::string apiVersion_;  ///< guarded by mutex_; empty: not asked yet
};

/// Percent-encoding for the name of an image in a path, which keeps its "/", ":" and "@".
std::string escapedImage(std::string_view text);

/// `filters` parameter: {"label": ["a=b", ...]} and the like, as JSON text.
std::string filters(const std::vector<std::pair<std::string, std::vector<std::string>>>& wanted);

}  // namespace mc::local::docker
