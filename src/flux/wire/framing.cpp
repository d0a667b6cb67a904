#include "flux/wire/framing.hpp"

#include <arpa/inet.h>

namespace mc::flux::wire {
namespace {

constexpr uint32_t kMagic = 0xffee0012;
constexpr size_t kHeaderSize = 8;
/// What an empty buffer may keep; more is given back, so that one large message costs no memory
/// later.
constexpr size_t kKeptCapacity = 16u << 10;

struct Header {
  uint32_t magic;
  uint32_t length;
};

Header headerAt(const std::string& bytes, size_t offset) {
  Header header;
  std::memcpy(&header.magic, bytes.data() + offset, 4);
  std::memcpy(&header.length, bytes.data() + offset + 4, 4);
  header.length = ntohl(header.length);
  return header;
}

}  // namespace

bool isReadable(const Message& message) {
  constexpr size_t kPerFrame = 5;
  constexpr size_t kFixed = 64;
  if (message.has(kTopic) &&
      (message.topic.empty() || message.topic.find('\0') != std::string::npos))
    return false;
  size_t size = kFixed + message.topic.size() + message.payload.size();
  for (const auto& route : message.routes) size += kPerFrame + route.size();
  return size <= kMaxBody && message.routes.size() <= kMaxRoutes;
}

std::string frame(const Message& message) {
  std::string bytes;
  bytes.reserve(kHeaderSize + encodedSize(message));
  appendFramed(message, bytes);
  return bytes;
}

void appendFramed(const Message& message, std::string& out) {
  const size_t begin = out.size();
  out.append(kHeaderSize, '\0');
  appendEncoded(message, out);
  const uint32_t length = htonl(static_cast<uint32_t>(out.size() - begin - kHeaderSize));
  std::memcpy(out.data() + begin, &kMagic, 4);
  std::memcpy(out.data() + begin + 4, &length, 4);
}

void Decoder::append(std::string_view bytes) {
  if (!error_) buffer_.append(bytes);
}

base::Result<std::optional<Message>> Decoder::next() {
  if (error_) return base::pass(*error_);
  if (buffered() < kHeaderSize) {
    compact();
    return std::nullopt;
  }
  const Header header = headerAt(buffer_, consumed_);
  if (header.magic != kMagic) return broken({EPROTO, "stream without message header"});
  if (header.length > kMaxBody)
    return broken({EPROTO, "message of " + std::to_string(header.length) + " bytes is too large"});
  if (buffered() - kHeaderSize < header.length) {
    compact();
    return std::nullopt;
  }
  auto message = decode(std::string_view(buffer_).substr(consumed_ + kHeaderSize, header.length));
  if (!message) return broken(std::move(message.error()));
  consumed_ += kHeaderSize + header.length;
  return std::optional<Message>(std::move(*message));
}

base::Result<std::optional<Message>> Decoder::broken(base::Error error) {
  error_ = std::move(error);
  buffer_ = {};
  consumed_ = 0;
  return base::pass(*error_);
}

void Decoder::compact() {
  if (consumed_ == 0) return;
  buffer_.erase(0, consumed_);
  consumed_ = 0;
  if (buffer_.empty() && buffer_.capacity() > kKeptCapacity) buffer_ = {};
}

}  // namespace mc::flux::wire
