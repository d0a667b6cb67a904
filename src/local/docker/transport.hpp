#pragma once
// HTTP/1.1 to a Docker Engine: blocking calls on a pool of kept-alive connections.
//
// A stop token ends a call at any point, also while a body is read, by shutting its socket down.
// The only file that includes Boost.Beast is transport.cpp.
//
// Thread-safety: a Transport may be used by several threads at once, each call has a connection of
// its own. A Response and an Upgraded belong to one thread at a time.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/status.hpp"
#include "local/docker/endpoint.hpp"

namespace mc::local::docker {

/// Gives the next piece of a body that is sent in chunks; an empty one ends it.
using BodySource = std::function<base::Result<std::string>()>;

struct Request {
  std::string method = "GET";
  std::string target;  ///< path and query, escaped
  std::vector<std::pair<std::string, std::string>> headers;
  std::string contentType;
  std::string body;
  BodySource source;  ///< if set, in place of `body`
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

  /// At least one byte, or none at the end of the body.
  base::Result<std::string> read();
  /// The whole body; EFBIG if it is larger than `limit`.
  base::Result<std::string> readAll(size_t limit = 64u << 20);

 private:
  std::unique_ptr<Connection> connection_;
};

/// What is left of HTTP after "101 Switching Protocols": a raw connection.
struct Upgraded {
  base::Fd fd;
  std::string received;  ///< bytes of the raw stream that came with the head
  std::string contentType;
};

class Transport {
 public:
  explicit Transport(Endpoint endpoint);
  ~Transport();

  [[nodiscard]] const Endpoint& endpoint() const;

  /// Sends a request and reads the answer's head. Any HTTP status counts as success here.
  base::Result<Response> send(const Request& request, const std::stop_token& stop);

  /// Asks for a raw connection. An answer other than 101 (or Podman's and old daemons' 200) comes
  /// back as an error with its body's message.
  base::Result<Upgraded> upgrade(const Request& request, const std::stop_token& stop);

 private:
  base::Result<std::unique_ptr<Connection>> exchange(const Request& request,
                                                     const std::stop_token& stop);
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace mc::local::docker
