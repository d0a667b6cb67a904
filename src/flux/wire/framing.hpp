#pragma once
// Messages on a byte stream (local socket, overlay): u32 magic 0xffee0012 in host order, u32 length
// in network order, then the body of that length (wire/message.hpp).
//
// Thread-safety: a Decoder belongs to one thread; the function is safe from any.

#include <optional>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/wire/message.hpp"

namespace mc::flux::wire {

/// The largest body that is read. RFC 3 sets no bound. A message holds at most one value of the KVS
/// or one piece of output, which Flux keeps below some MiB; a peer that announces more is broken or
/// hostile, and is cut off before it costs memory.
constexpr size_t kMaxBody = 64u << 20;

/// The most route ids of a message. A route grows by one per hop; this is far more than any tree is
/// deep.
constexpr size_t kMaxRoutes = 256;

/// Whether the other side will read the message. One that is not sent costs its sender an answer;
/// one that is would cost everybody the connection.
bool isReadable(const Message& message);

/// Header and body, ready to be written.
std::string frame(const Message& message);
/// The same behind what `out` holds.
void appendFramed(const Message& message, std::string& out);

/// Gives messages from bytes that arrive in pieces of any size. Memory grows with the bytes that
/// came, not with the length that a header announces.
class Decoder {
 public:
  void append(std::string_view bytes);

  /// The next whole message; nothing if more bytes are needed; EPROTO if the stream is broken, and
  /// then ever after.
  base::Result<std::optional<Message>> next();

  /// Bytes that wait for the rest of their message.
  [[nodiscard]] size_t buffered() const { return buffer_.size() - consumed_; }

 private:
  base::Result<std::optional<Message>> broken(base::Error error);
  void compact();

  std::string buffer_;
  size_t consumed_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace mc::flux::wire
