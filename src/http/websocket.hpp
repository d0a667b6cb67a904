#pragma once
// WebSockets (RFC 6455), client and server side, by Boost.Beast. No extensions.
//
// Messages go both ways at the same time: send() queues and writes what the socket takes, receive()
// and process() write the rest and answer pings and closes. Whoever drives the socket (one thread)
// either calls receive() in a loop, or calls process() and next() until there is no message, and
// polls fd() for events() together with other descriptors before it goes on.
//
// Errors: EIO when the connection breaks or the peer violates the protocol, EMSGSIZE for a message
// above kMessageLimit, ECANCELED after a stop, ETIMEDOUT, EPIPE for sending after the close.
//
// Thread-safety: one thread receives; any thread may send.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.hpp"
#include "http/client.hpp"
#include "http/message.hpp"

namespace mc::http {

struct Message {
  std::string data;
  bool text = false;
};

/// How the peer closed.
struct CloseReason {
  uint16_t code = 1006;  ///< RFC 6455 7.4; 1006: the connection ended without a close frame
  std::string reason;
};

class WebSocket {
 public:
  static constexpr size_t kMessageLimit = 16u << 20;

  class Codec;
  WebSocket(std::unique_ptr<Stream> stream, std::unique_ptr<Codec> codec, std::string subprotocol);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// What was agreed upon; empty: none.
  [[nodiscard]] const std::string& subprotocol() const { return subprotocol_; }

  /// Queues a message and writes as much as the socket takes without waiting; the thread that
  /// receives is woken to write the rest.
  base::Status send(std::string_view data, bool text = false);
  /// Bytes that are queued and not written. Stop reading your input while it is large.
  [[nodiscard]] size_t unsent() const;
  /// Begins the close handshake behind all that was sent; receive() goes on until the peer's close.
  void close(uint16_t code = 1000, std::string_view reason = {});
  base::Status ping();

  /// Waits for a message; nothing when the peer has closed. ECANCELED after a stop.
  base::Result<std::optional<Message>> receive(const std::stop_token& stop,
                                               std::chrono::milliseconds timeout = {});
  /// Waits until all that was sent is written.
  base::Status flush(const std::stop_token& stop, std::chrono::milliseconds timeout = {});

  // For a poll(2) loop of the caller's

  /// Readable when process() has something to do.
  [[nodiscard]] int fd() const;
  /// Readable when another thread has sent something that is not written yet.
  [[nodiscard]] int wakeFd() const;
  /// What to poll fd() for now.
  [[nodiscard]] short events() const;
  /// Reads and writes without waiting.
  base::Status process();
  /// The next message that process() has brought, if there is one.
  std::optional<Message> next();
  /// Set once the peer has closed and all its messages were taken.
  [[nodiscard]] std::optional<CloseReason> closed() const;

  /// Ends the connection without a word. Any thread.
  void abort();

 private:
  base::Status await(const std::stop_token& stop, const Deadline& deadline);

  class Impl;
  std::unique_ptr<Impl> impl_;
  std::string subprotocol_;
};

/// Opens a WebSocket. `request` holds target and headers of the caller's; `subprotocols` are
/// offered in that order. The answer if the server refuses. EPROTO if it agrees without choosing
/// one of the subprotocols.
base::Result<std::variant<std::unique_ptr<WebSocket>, Response>> openWebSocket(
    Client& client, Request request, const std::vector<std::string>& subprotocols,
    const std::stop_token& stop);

}  // namespace mc::http
