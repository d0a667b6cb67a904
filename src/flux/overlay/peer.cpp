#include "flux/overlay/peer.hpp"

#include <array>
#include <limits>

#include "flux/formats/json.hpp"

namespace mc::flux::overlay {
namespace {

using formats::json::object;

constexpr std::array<std::string_view, 6> kStatusNames = {"unknown",  "full", "partial",
                                                          "degraded", "lost", "offline"};
/// A printed UUID; longer ones are somebody's attempt at our memory.
constexpr size_t kMaxUuid = 36;

base::Result<uint32_t> getRank(const object& payload, std::string_view key) {
  MC_TRY_ASSIGN(const uint64_t value, formats::getUnsigned(payload, key));
  if (value > std::numeric_limits<uint32_t>::max())
    return base::fail(EPROTO, std::string(key) + " is too large");
  return static_cast<uint32_t>(value);
}

base::Result<std::string> getUuid(const object& payload) {
  MC_TRY_ASSIGN(const std::string_view uuid, formats::getString(payload, "uuid"));
  if (uuid.empty() || uuid.size() > kMaxUuid) return base::fail(EPROTO, "uuid of wrong length");
  return std::string(uuid);
}

}  // namespace

std::string_view toString(SubtreeStatus status) {
  const auto index = static_cast<size_t>(status);
  return index < kStatusNames.size() ? kStatusNames[index] : kStatusNames[0];
}

SubtreeStatus subtreeStatus(std::string_view name) {
  for (size_t i = 0; i < kStatusNames.size(); ++i)
    if (kStatusNames[i] == name) return static_cast<SubtreeStatus>(i);
  return SubtreeStatus::Unknown;
}

bool isOnline(SubtreeStatus status) {
  return status == SubtreeStatus::Full || status == SubtreeStatus::Partial ||
         status == SubtreeStatus::Degraded;
}

wire::Message makeHello(const Hello& hello) {
  auto message = wire::makeRequest(std::string(kHelloTopic), hello.rank, 1, wire::kUpstream);
  message.rolemask = wire::kRoleOwner;
  message.setText(formats::toJson(object{{"rank", hello.rank},
                                         {"size", hello.size},
                                         {"uuid", hello.uuid},
                                         {"status", static_cast<uint32_t>(hello.status)},
                                         {"version", kProtocolVersion}}));
  return message;
}

base::Result<Hello> parseHello(const wire::Message& message) {
  if (message.type != wire::Type::Request || message.topic != kHelloTopic)
    return base::fail(EPROTO, "a peer must begin with " + std::string(kHelloTopic));
  MC_TRY_ASSIGN(const object payload, formats::parseJsonObject(message.text()));
  MC_TRY_ASSIGN(const int64_t version, formats::getInteger(payload, "version"));
  if (version != kProtocolVersion)
    return base::fail(EPROTO, "overlay protocol version " + std::to_string(version) +
                                  ", expected " + std::to_string(kProtocolVersion));
  Hello hello;
  MC_TRY_ASSIGN(hello.rank, getRank(payload, "rank"));
  MC_TRY_ASSIGN(hello.size, getRank(payload, "size"));
  MC_TRY_ASSIGN(hello.uuid, getUuid(payload));
  MC_TRY_ASSIGN(const uint32_t status, getRank(payload, "status"));
  hello.status = static_cast<SubtreeStatus>(status);
  if (!isOnline(hello.status)) return base::fail(EPROTO, "status is out of range");
  return hello;
}

wire::Message makeHelloAnswer(const wire::Message& hello, const std::string& uuid) {
  auto message = wire::makeResponse(hello);
  message.setText(formats::toJson(object{{"uuid", uuid}}));
  return message;
}

wire::Message makeHelloRefusal(const wire::Message& hello, const base::Error& reason) {
  auto message = wire::makeResponse(hello, static_cast<uint32_t>(reason.errnum));
  message.setText(reason.message);
  return message;
}

base::Result<std::string> parseHelloAnswer(const wire::Message& message) {
  if (message.type != wire::Type::Response || message.topic != kHelloTopic)
    return base::fail(EPROTO, "the parent did not answer " + std::string(kHelloTopic));
  if (message.errnum() != 0)
    return base::fail(static_cast<int>(message.errnum()), std::string(message.text()));
  MC_TRY_ASSIGN(const object payload, formats::parseJsonObject(message.text()));
  return getUuid(payload);
}

wire::Message makeControl(ControlType type, uint32_t status) {
  wire::Message message;
  message.type = wire::Type::Control;
  message.rolemask = wire::kRoleOwner;
  message.aux1 = static_cast<uint32_t>(type);
  message.aux2 = status;
  return message;
}

}  // namespace mc::flux::overlay
