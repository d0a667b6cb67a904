#pragma once
// Flux messages as RFC 3 defines them: the value type and its byte form.
//
// A message travels as frames: route ids (with the ROUTE flag), topic, payload, and a 20-byte PROTO
// frame. This file knows the frames; framing on a stream (magic and length) is in wire/framing.hpp.
//
// Thread-safety: values.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::flux::wire {

enum class Type : uint8_t { Request = 1, Response = 2, Event = 4, Control = 8 };

/// Bits of Message::flags (RFC 3).
enum Flag : uint8_t {
  kTopic = 0x01,
  kPayload = 0x02,
  kNoResponse = 0x04,
  kRoute = 0x08,
  kUpstream = 0x10,
  kPrivate = 0x20,
  kStreaming = 0x40,
  kUser1 = 0x80,
};

/// Bits of Message::rolemask (RFC 12).
enum Role : uint32_t {
  kRoleNone = 0,
  kRoleOwner = 1,
  kRoleUser = 2,
  kRoleLocal = 4,
  kRoleAdmin = 8
};

constexpr uint32_t kUseridUnknown = 0xffffffff;
constexpr uint32_t kNodeidAny = 0xffffffff;
constexpr uint32_t kNodeidUpstream = 0xfffffffe;
constexpr uint32_t kMatchtagNone = 0;

struct Message {
  Type type = Type::Request;
  uint8_t flags = 0;
  uint32_t userid = kUseridUnknown;
  uint32_t rolemask = kRoleNone;
  /// nodeid of a request, errnum of a response, sequence of an event, type of a control message.
  uint32_t aux1 = 0;
  /// matchtag of a request or response, status of a control message.
  uint32_t aux2 = 0;
  /// Outermost hop first; the last one is the sender's.
  std::vector<std::string> routes;
  std::string topic;
  /// Raw bytes. A JSON or text payload ends with a NUL that belongs to it.
  std::string payload;

  [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<uint8_t>(flags | flag); }

  [[nodiscard]] uint32_t nodeid() const { return aux1; }
  [[nodiscard]] uint32_t errnum() const { return aux1; }
  [[nodiscard]] uint32_t matchtag() const { return aux2; }

  /// The payload without its final NUL; empty where there is none.
  [[nodiscard]] std::string_view text() const;
  /// Sets a NUL-terminated payload and its flag.
  void setText(std::string_view text);
};

/// The body of a message: its frames, each behind its length. Never fails.
std::string encode(const Message& message);
/// The same behind what `out` holds.
void appendEncoded(const Message& message, std::string& out);
/// What that takes, or a little more.
size_t encodedSize(const Message& message);

/// The reverse; EPROTO with the reason for anything that RFC 3 does not allow.
base::Result<Message> decode(std::string_view body);

/// A request with topic and optional text payload, as a client sends it (userid and roles unknown).
Message makeRequest(std::string topic, uint32_t nodeid, uint32_t matchtag, uint8_t flags = 0);

/// The response to `request`: same topic, matchtag, routes and STREAMING flag.
Message makeResponse(const Message& request, uint32_t errnum = 0);

}  // namespace mc::flux::wire
