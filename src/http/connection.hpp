#pragma once
// One exchange of a Client on one connection: request out, head in, body in pieces.
//
// Thread-safety: one thread at a time.

#include <memory>
#include <stop_token>

#include "http/client.hpp"
#include "http/pool.hpp"

namespace mc::http {

class Connection {
 public:
  Connection(std::unique_ptr<Stream> stream, const std::shared_ptr<ConnectionPool>& pool,
             const std::stop_token& stop);
  /// Gives the connection back to its pool if it can serve again.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends the request and reads the answer's head. `pool` is the one it came from.
  base::Status exchange(const Request& request, const Timeouts& timeouts,
                        const ConnectionPool& pool);
  /// Whether a failed exchange() ended because the server hung up before it answered.
  [[nodiscard]] bool unanswered() const;

  [[nodiscard]] int status() const;
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] Headers headers() const;
  base::Result<std::string> read();
  [[nodiscard]] const std::string& peer() const;

  /// Takes the raw connection; the stop token no longer counts.
  Upgraded upgrade();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::http
