#include "flux/wire/message.hpp"

#include <arpa/inet.h>

#include "flux/wire/framing.hpp"

namespace mc::flux::wire {
namespace {

constexpr uint8_t kProtoMagic = 0x8e;
constexpr uint8_t kProtoVersion = 1;
constexpr size_t kProtoSize = 20;
/// A frame shorter than this has its length in one byte.
constexpr size_t kLongFrame = 255;

void appendNumber(std::string& out, uint32_t value) {
  const uint32_t network = htonl(value);
  out.append(reinterpret_cast<const char*>(&network), sizeof network);
}

uint32_t numberAt(std::string_view bytes, size_t offset) {
  uint32_t network = 0;
  std::memcpy(&network, bytes.data() + offset, sizeof network);
  return ntohl(network);
}

void appendFrame(std::string& out, std::string_view frame) {
  if (frame.size() < kLongFrame) {
    out.push_back(static_cast<char>(frame.size()));
  } else {
    out.push_back(static_cast<char>(0xff));
    appendNumber(out, static_cast<uint32_t>(frame.size()));
  }
  out.append(frame);
}

void appendProto(std::string& out, const Message& message) {
  out.push_back(static_cast<char>(kProtoSize));
  out.push_back(static_cast<char>(kProtoMagic));
  out.push_back(static_cast<char>(kProtoVersion));
  out.push_back(static_cast<char>(message.type));
  out.push_back(static_cast<char>(message.flags));
  for (const uint32_t number : {message.userid, message.rolemask, message.aux1, message.aux2})
    appendNumber(out, number);
}

/// Cuts the next frame off `rest`; null data() where there is none or it is cut short.
std::string_view takeFrame(std::string_view& rest) {
  if (rest.empty()) return {};
  size_t length = static_cast<uint8_t>(rest[0]);
  size_t header = 1;
  if (length == kLongFrame) {
    if (rest.size() < 5) return {};
    length = numberAt(rest, 1);
    header = 5;
  }
  if (rest.size() - header < length) return {};
  const std::string_view frame = rest.substr(header, length);
  rest.remove_prefix(header + length);
  return frame;
}

bool isType(uint8_t type) {
  return type == 1 || type == 2 || type == 4 || type == 8;
}

/// The PROTO frame is the last one of a body, and of fixed size: it is read from the end.
base::Status decodeProto(std::string_view proto, Message& message) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(proto[i]); };
  if (byte(0) != kProtoSize || byte(1) != kProtoMagic)
    return base::fail(EPROTO, "message without PROTO frame");
  if (byte(2) != kProtoVersion)
    return base::fail(EPROTO, "message of unknown version " + std::to_string(byte(2)));
  if (!isType(byte(3)))
    return base::fail(EPROTO, "message of unknown type " + std::to_string(byte(3)));
  message.type = static_cast<Type>(byte(3));
  message.flags = byte(4);
  message.userid = numberAt(proto, 5);
  message.rolemask = numberAt(proto, 9);
  message.aux1 = numberAt(proto, 13);
  message.aux2 = numberAt(proto, 17);
  if (message.has(kStreaming) && message.has(kNoResponse))
    return base::fail(EPROTO, "message is both a stream and without response");
  return {};
}

base::Status decodeRoutes(std::string_view& rest, Message& message) {
  while (true) {
    const std::string_view frame = takeFrame(rest);
    if (frame.data() == nullptr) return base::fail(EPROTO, "message without route delimiter");
    if (frame.empty()) return {};
    if (message.routes.size() == kMaxRoutes)
      return base::fail(EPROTO, "message with endless route");
    message.routes.emplace_back(frame);
  }
}

base::Status decodeTopic(std::string_view& rest, Message& message) {
  const std::string_view frame = takeFrame(rest);
  if (frame.empty()) return base::fail(EPROTO, "message without the topic that it announces");
  if (frame.find('\0') != std::string_view::npos) return base::fail(EPROTO, "topic with NUL");
  message.topic = frame;
  return {};
}

}  // namespace

std::string_view Message::text() const {
  std::string_view bytes = payload;
  if (!bytes.empty() && bytes.back() == '\0') bytes.remove_suffix(1);
  return bytes;
}

void Message::setText(std::string_view text) {
  payload.reserve(text.size() + 1);
  payload.assign(text);
  payload.push_back('\0');
  set(kPayload);
}

size_t encodedSize(const Message& message) {
  size_t size = message.topic.size() + message.payload.size() + kProtoSize + 16;
  for (const auto& route : message.routes) size += route.size() + 5;
  return size;
}

std::string encode(const Message& message) {
  std::string out;
  out.reserve(encodedSize(message));
  appendEncoded(message, out);
  return out;
}

void appendEncoded(const Message& message, std::string& out) {
  if (message.has(kRoute)) {
    for (const auto& route : message.routes) appendFrame(out, route);
    appendFrame(out, {});
  }
  if (message.has(kTopic)) appendFrame(out, message.topic);
  if (message.has(kPayload)) appendFrame(out, message.payload);
  appendProto(out, message);
}

base::Result<Message> decode(std::string_view body) {
  if (body.size() < kProtoSize + 1) return base::fail(EPROTO, "message too short");
  Message message;
  std::string_view rest = body.substr(0, body.size() - kProtoSize - 1);
  MC_TRY(decodeProto(body.substr(rest.size()), message));
  if (message.has(kRoute)) MC_TRY(decodeRoutes(rest, message));
  if (message.has(kTopic)) MC_TRY(decodeTopic(rest, message));
  if (message.has(kPayload)) {
    const std::string_view frame = takeFrame(rest);
    if (frame.data() == nullptr) return base::fail(EPROTO, "message with payload cut short");
    message.payload = frame;
  }
  if (!rest.empty())
    return base::fail(EPROTO, "message with frames that its flags do not announce");
  return message;
}

Message makeRequest(std::string topic, uint32_t nodeid, uint32_t matchtag, uint8_t flags) {
  Message message;
  message.type = Type::Request;
  message.flags = flags;
  message.aux1 = nodeid;
  message.aux2 = matchtag;
  message.topic = std::move(topic);
  message.set(kTopic);
  return message;
}

Message makeResponse(const Message& request, uint32_t errnum) {
  Message message;
  message.type = Type::Response;
  message.flags = static_cast<uint8_t>(kTopic | kRoute | (request.flags & kStreaming));
  message.aux1 = errnum;
  message.aux2 = request.aux2;
  message.routes = request.routes;
  message.topic = request.topic;
  return message;
}

}  // namespace mc::flux::wire
