#pragma once
// HTTP/1.1 to one server: blocking calls on a pool of kept-alive connections.
//
// A stop token ends a call at any point, also while a body is read, by shutting its socket down.
//
// Errors: those of dial(); ECANCELED after a stop; ETIMEDOUT when one of the Timeouts passes; EIO
// when the connection breaks or what comes is no HTTP; EFBIG. Any HTTP status is a success here.
//
// A server may hang up on an idle connection, which shows only when it is used again: a request
// that meets this on a kept connection, before any byte of its answer, is sent once more on a fresh
// one (unless its body comes from a source).
//
// Thread-safety: a Client may be used by several threads at once, each call has a connection of its
// own. A Response belongs to one thread at a time.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "base/status.hpp"
#include "http/endpoint.hpp"
#include "http/message.hpp"

namespace mc::http {

/// Gives the next piece of a body that is sent in chunks; an empty one ends it.
using BodySource = std::function<base::Result<std::string>()>;

/// How long a call waits; 0: for ever.
struct Timeouts {
  std::chrono::milliseconds connect{30'000};  ///< until hands are shaken
  std::chrono::milliseconds head{0};          ///< from the request's end to the answer's head
  std::chrono::milliseconds idle{0};          ///< for the next bytes of a body, in or out
};

struct Request {
  std::string method = "GET";
  std::string target;  ///< path and query, escaped
  Headers headers;     ///< Host, User-Agent and the body's length are added
  std::string contentType;
  std::string body;
  BodySource source;                 ///< if set, in place of `body`
  std::optional<Timeouts> timeouts;  ///< absent: the client's
};

class Connection;
class ConnectionPool;

/// The head of an answer, and the way to read its body. The connection goes back to the pool when
/// the body has been read to its end, and is closed otherwise.
class Response {
 public:
  explicit Response(std::unique_ptr<Connection> connection);
  Response(Response&&) noexcept;
  Response& operator=(Response&&) noexcept;
  ~Response();

  [[nodiscard]] int status() const;
  /// Empty if there is no such header. Names are compared without case.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] Headers headers() const;

  /// At least one byte, or none at the end of the body.
  base::Result<std::string> read();
  /// The whole body; EFBIG if it is larger than `limit`.
  base::Result<std::string> readAll(size_t limit = 64u << 20);

 private:
  friend class Client;
  std::unique_ptr<Connection> connection_;
};

struct ClientOptions {
  Timeouts timeouts;
  std::string userAgent = "minicluster";
  /// The server in messages: "PEER closed the connection".
  std::string peer = "the server";
  /// Idle connections that are kept.
  size_t keep = 32;
  /// Puts an error of dial() into the words of the protocol above, if set. Not asked for ECANCELED.
  std::function<base::Error(const base::Error&)> explainDial;
};

class Client {
 public:
  explicit Client(Endpoint endpoint, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] const Endpoint& endpoint() const;

  /// Sends a request and reads the answer's head. The stop token counts as long as the Response
  /// lives.
  base::Result<Response> send(const Request& request, const std::stop_token& stop);

  /// Asks for a raw connection; `request` holds the Connection and Upgrade headers. The answer if
  /// the server does not switch (101, or the 200 of Podman and old Docker daemons).
  base::Result<std::variant<Upgraded, Response>> upgrade(const Request& request,
                                                         const std::stop_token& stop);

  /// Closes the kept connections, e.g. because credentials have changed.
  void forget();

 private:
  base::Result<std::unique_ptr<Connection>> exchange(const Request& request,
                                                     const std::stop_token& stop);
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace mc::http
