#pragma once
// Requests in and answers out on one connection of a Server, by Boost.Beast.
//
// Thread-safety: one thread at a time.

#include <memory>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace mc::http {

/// Why a request can't be taken: what to answer before the connection ends; 0: nothing, the client
/// is gone.
struct Refusal {
  int status = 0;
  std::string reason;
};

class ServerHttp {
 public:
  /// Both must outlive it.
  ServerHttp(Stream& stream, const ServerOptions& options);
  ~ServerHttp();
  ServerHttp(const ServerHttp&) = delete;
  ServerHttp& operator=(const ServerHttp&) = delete;

  /// Waits for the first byte of a request; false if none comes until `deadline`.
  bool awaitRequest(const Deadline& deadline);
  tl::expected<ServerRequest, Refusal> readRequest();
  /// Whether the client wants to go on after this request.
  [[nodiscard]] bool keepAlive() const;

  base::Status sendWhole(const Answer& answer, bool keepAlive);
  /// The head of an answer in chunks (or up to the connection's end for HTTP/1.0).
  base::Status sendHead(const Answer& answer, bool keepAlive);
  base::Status sendPiece(std::string_view piece);
  base::Status sendEnd();
  /// A head without a body: 101.
  base::Status sendUpgrade(const Headers& headers);

  /// Bytes behind the request that are read already.
  std::string takeReceived();

  /// Ends our side and lets the client read what it was sent, although it may still be sending.
  void linger();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::http
