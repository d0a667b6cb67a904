#pragma once
// A small HTTP/1.1 server: webhooks, metrics, health, and servers for tests.
//
// One thread per connection, with a cap; a connection that waits for its next request makes room
// for a new one when the cap is reached. Slow and talkative clients run into the limits below.
//
// Errors: of start(): EINVAL, EADDRINUSE, EACCES ...; of an Exchange: EIO and ETIMEDOUT when the
// client is gone or takes nothing.
//
// Thread-safety: a Server's methods may be called from any thread; the handler is called from many
// threads at once. An Exchange belongs to the handler's thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "http/message.hpp"
#include "http/tls.hpp"
#include "http/uri.hpp"
#include "http/websocket.hpp"

namespace mc::http {

/// A request that has arrived as a whole.
struct ServerRequest {
  std::string method;
  std::string target;  ///< as it came
  std::string path;    ///< unescaped
  Query query;
  Headers headers;
  std::string body;
  bool tls = false;

  [[nodiscard]] std::string header(std::string_view name) const { return headerOf(headers, name); }
  /// The first value of a parameter of the query; empty if there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

/// An answer that is sent at once.
struct Answer {
  int status = 200;
  std::string contentType = "text/plain; charset=utf-8";
  std::string body;
  Headers headers;
};

class ServerConnection;

/// The way to answer one request: reply() once, or begin() and write(), or one of the upgrades. A
/// handler that returns without any of them answers 500.
class Exchange {
 public:
  explicit Exchange(ServerConnection& connection) : connection_(connection) {}

  base::Status reply(const Answer& answer);

  /// Sends the head of an answer whose body follows piece by piece; answer.body is the first.
  base::Status begin(const Answer& answer);
  /// Sends a piece at once (as a chunk). The body ends when the handler returns.
  base::Status write(std::string_view piece);
  /// Ends the connection without an end of the body: the client sees a broken answer.
  void breakOff();

  /// Requested when the client has gone or the server stops. Wait for it along with your data.
  [[nodiscard]] std::stop_token stop() const;

  /// Answers 101 with `headers`; the raw connection is the caller's, but lives no longer than the
  /// handler: stop() shuts it down.
  base::Result<Upgraded> upgrade(const Headers& headers);
  /// Accepts a WebSocket, choosing the first of `subprotocols` that the client offers (empty: none
  /// is asked for). EINVAL, and 400 answered, if the request is none or offers no such protocol.
  base::Result<std::unique_ptr<WebSocket>> acceptWebSocket(
      const std::vector<std::string>& subprotocols);

 private:
  ServerConnection& connection_;
};

using Handler = std::function<void(const ServerRequest&, Exchange&)>;

struct ServerOptions {
  /// "127.0.0.1:8080", "[::1]:0", ":8443" (all addresses) or "unix:///path". Port 0: a free one.
  std::string listen;
  std::shared_ptr<TlsContext> tls;  ///< null: plain
  size_t connections = 128;         ///< at once
  size_t headLimit = 64u << 10;
  size_t bodyLimit = 8u << 20;
  std::chrono::milliseconds headTimeout{10'000};   ///< for the handshake, and for a request's head
  std::chrono::milliseconds bodyTimeout{30'000};   ///< for a request's body
  std::chrono::milliseconds idleTimeout{120'000};  ///< between two requests
  std::chrono::milliseconds writeTimeout{30'000};  ///< without the client taking a byte
  std::chrono::milliseconds grace{5'000};          ///< for handlers at work when the server stops
};

class Server {
 public:
  /// Listens and serves until the Server is destroyed.
  static base::Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port it listens on; 0 for a unix socket.
  [[nodiscard]] uint16_t port() const;
  /// "127.0.0.1:41234" or "unix:///path": what a client dials ("127.0.0.1" for all addresses).
  [[nodiscard]] std::string address() const;

  /// New connections get this certificate; those at work keep theirs.
  void setTls(std::shared_ptr<TlsContext> tls);

  /// Takes no new connection, asks the handlers to stop, waits `grace` for them, ends all
  /// connections and joins all threads. May be called again.
  void stop();

  /// Connections now, for tests and metrics.
  [[nodiscard]] size_t connections() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::http
