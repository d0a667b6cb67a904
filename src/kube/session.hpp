#pragma once
// Requests to one API server as one user: address, TLS, credentials, User-Agent, typed errors and
// the one retry policy. The verbs (http_client.hpp) and the streams (logs, exec ...) are built on
// it.
//
// Errors: an answer that is not 2xx is an error of the server's reason; Connection, Timeout,
// Canceled; Config if there are no credentials to be had. A refused credential (401) is fetched
// anew once.
//
// Thread-safety: all methods from any thread at once.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/process.hpp"
#include "http/client.hpp"
#include "http/websocket.hpp"
#include "kube/client.hpp"
#include "kube/config.hpp"
#include "kube/retry_policy.hpp"
#include "kube/timer.hpp"

namespace mc::kube {

/// Told of every answer; for rest_client_requests_total{code,method,host}.
class ClientMetrics {
 public:
  virtual ~ClientMetrics() = default;
  /// `code` is the HTTP status, or "<error>" if no answer came.
  virtual void request(const std::string& code, const std::string& method,
                       const std::string& host) = 0;
};

struct SessionOptions {
  std::chrono::milliseconds timeout{30'000};  ///< of a call that names none
  RetryPolicy retry = {};
  ClientMetrics* metrics = nullptr;  ///< must outlive the session
  /// The server's Warning headers (RFC 7234 5.5), without code and quotes; may be called from many
  /// threads.
  std::function<void(const std::string&)> onWarning = {};
};

class Session {
 public:
  /// Reads certificates and prepares TLS; nothing is sent. `timer` and `processes` (for credential
  /// plugins) must outlive the session.
  static Result<std::unique_ptr<Session>> open(ClientConfig config, Timer& timer,
                                               base::ProcessRunner& processes,
                                               SessionOptions options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const ClientConfig& config() const;

  /// The head of a 2xx answer; its body is still to be read. `request.target` begins at the
  /// server's root ("/api/v1/..."). With `request.timeouts` its `idle` holds for the body (watches,
  /// logs); else the body must come within the call's time.
  Result<http::Response> send(const http::Request& request, const CallOptions& call);

  /// The same with the whole body, read within the deadline.
  Result<std::string> fetch(const http::Request& request, const CallOptions& call);

  /// Opens a WebSocket (exec, attach, port-forward). `call.stop` counts for the opening.
  Result<std::unique_ptr<http::WebSocket>> webSocket(const http::Request& request,
                                                     const std::vector<std::string>& subprotocols,
                                                     const CallOptions& call);

 private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::kube
