#pragma once
// The WebSocket protocol without a socket: bytes in, bytes out, messages in, messages out. Beast
// does the work on a stream that is memory, so that WebSocket can poll its socket by itself.
//
// Thread-safety: one thread at a time.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/websocket.hpp"

namespace mc::http {

class WebSocket::Codec {
 public:
  Codec();
  ~Codec();
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  // The handshake, once, on one of the sides

  /// Client: the Sec-WebSocket-Key to send.
  std::string begin();
  /// Client: `headers` of the server's 101. EPROTO if it is no answer to our key.
  base::Status answered(const Headers& headers);
  /// Server: `headers` of the request; the 101 is output() then. EINVAL if it is no handshake.
  base::Status accept(const Headers& headers, const std::string& subprotocol);

  /// What has come from the peer; its end.
  void feed(std::string_view bytes);
  void feedEnd();

  void send(std::string_view data, bool text);
  void ping();
  void close(uint16_t code, std::string_view reason);

  /// What is to be written to the peer, and that some of it was.
  [[nodiscard]] std::string_view output() const;
  void written(size_t size);
  [[nodiscard]] size_t unsent() const;

  std::optional<Message> next();
  /// Size of the messages that next() has ready.
  [[nodiscard]] size_t inbox() const;
  /// Whether the stream of messages has ended (there may be some for next() still), and how.
  [[nodiscard]] bool ended() const;
  [[nodiscard]] const CloseReason& closeReason() const;
  /// Set if it ended by a violation of the protocol.
  [[nodiscard]] const std::optional<base::Error>& failure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mc::http
