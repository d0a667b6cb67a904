#pragma once
// What brokers tell each other about themselves when they meet, and after.
//
// A child opens with the request "overlay.hello"; the parent answers with its own uuid or with the
// reason for refusing. After that both may send anything; control messages (RFC 3) carry the state
// of the child's subtree and its goodbye.
//
// Thread-safety: values and pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/wire/message.hpp"

namespace mc::flux::overlay {

/// The state of a broker and all below it, as `flux overlay status` shows it.
enum class SubtreeStatus : uint32_t { Unknown = 0, Full, Partial, Degraded, Lost, Offline };

std::string_view toString(SubtreeStatus status);
/// Unknown for a name that is none.
SubtreeStatus subtreeStatus(std::string_view name);
/// Full, Partial or Degraded: it can be spoken to.
bool isOnline(SubtreeStatus status);

/// aux1 of a control message.
enum class ControlType : uint32_t { Heartbeat = 0, Status = 1, Disconnect = 2 };

struct Hello {
  uint32_t rank = 0;
  uint32_t size = 0;
  std::string uuid;
  SubtreeStatus status = SubtreeStatus::Full;
};

constexpr std::string_view kHelloTopic = "overlay.hello";
/// Raised when brokers of different programs could not understand each other any more.
constexpr int kProtocolVersion = 1;

wire::Message makeHello(const Hello& hello);
/// EPROTO for anything that is no hello of this protocol version.
base::Result<Hello> parseHello(const wire::Message& message);

wire::Message makeHelloAnswer(const wire::Message& hello, const std::string& uuid);
wire::Message makeHelloRefusal(const wire::Message& hello, const base::Error& reason);
/// The parent's uuid, or its reason for refusing.
base::Result<std::string> parseHelloAnswer(const wire::Message& message);

wire::Message makeControl(ControlType type, uint32_t status = 0);

}  // namespace mc::flux::overlay
