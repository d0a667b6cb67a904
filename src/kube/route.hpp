#pragma once
// The way to the API server: the pool of connections with the certificates of now. Internal to
// session.hpp.
//
// Certificates and keys in files are read again when the files change (at most once a minute), and
// those of a plugin when it gives others; connections under old ones are closed when idle.
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "http/client.hpp"
#include "http/uri.hpp"
#include "kube/credentials.hpp"

namespace mc::kube {

class Route {
 public:
  /// Config if the URL or a PEM text can't be used.
  static Result<std::unique_ptr<Route>> open(const ClientConfig& config, Timer& timer);

  /// Connections for this credential.
  Result<std::shared_ptr<http::Client>> client(const Credential& credential);

  /// The path that goes before every target; empty mostly.
  [[nodiscard]] const std::string& prefix() const { return url_.path; }
  /// "HOST:PORT", for metrics.
  [[nodiscard]] const std::string& host() const { return host_; }

 private:
  Route(const ClientConfig& config, Timer& timer, http::Url url);
  Status refresh(const Credential& credential);
  Result<http::ClientTls> material(const Credential& credential) const;
  [[nodiscard]] http::Endpoint endpoint() const;
  [[nodiscard]] http::ClientOptions options() const;

  const ClientConfig config_;
  Timer& timer_;
  const http::Url url_;
  std::string host_;
  std::mutex mutex_;
  std::shared_ptr<http::Client> client_;
  http::ClientTls used_;  ///< what client_ was made with
  uint64_t version_ = 0;  ///< of the credential
  std::chrono::steady_clock::time_point readAt_;
};

}  // namespace mc::kube
