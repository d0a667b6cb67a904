#pragma once
// A broker's local socket by hand: written from the description of the format, byte by byte, and
// not on our own wire code, so that a mistake there does not hide itself.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace mc::flux::client {

/// A message as bytes on the wire give it.
struct RawMessage {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t userid = 0;
  uint32_t rolemask = 0;
  uint32_t aux1 = 0;
  uint32_t aux2 = 0;
  std::vector<std::string> routes;
  std::string topic;
  std::string payload;  ///< with its final NUL
};

class ByteServer {
 public:
  using Script = std::function<void(ByteServer&)>;

  /// Listens at `path`; the first client is served by `script` on a thread of its own.
  ByteServer(const std::string& path, Script script) : path_(path) {
    ::unlink(path.c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 5) != 0)
      std::abort();
    thread_ = std::thread([this, script = std::move(script)] {
      client_ = ::accept(listener_, nullptr, nullptr);
      script(*this);
      if (client_ >= 0) ::close(client_);
    });
  }
  ~ByteServer() {
    thread_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
  }

  void sendByte(uint8_t byte) { sendAll(std::string(1, static_cast<char>(byte))); }
  void hangUp() {
    ::close(client_);
    client_ = -1;
  }

  /// One message: magic 12 00 ee ff, length, frames, proto.
  void sendResponse(const RawMessage& request, uint32_t errnum, const std::string& text,
                    bool hasPayload = true) {
    std::string body;
    for (const std::string& route : request.routes) body += frame(route);
    body += frame("");  // delimiter: the flag ROUTE is always set on responses
    body += frame(request.topic);
    if (hasPayload) body += frame(text + std::string(1, '\0'));
    const auto flags =
        static_cast<uint8_t>(0x01 | 0x08 | (hasPayload ? 0x02 : 0) | (request.flags & 0x40));
    body += proto(2, flags, 0, 5, errnum, request.aux2);
    sendBody(body);
  }
  void sendEvent(const std::string& topic, const std::string& text, uint32_t sequence) {
    sendBody(frame(topic) + frame(text + std::string(1, '\0')) + proto(4, 0x03, 0, 1, sequence, 0));
  }
  void sendRequest(const std::string& topic, const std::string& text, uint32_t matchtag) {
    sendBody(frame("caller-uuid") + frame("") + frame(topic) + frame(text + std::string(1, '\0')) +
             proto(1, 0x0b, 0, 5, 0xffffffff, matchtag));
  }
  void sendRaw(const std::string& bytes) { sendAll(bytes); }

  RawMessage receive() {
    const std::string header = readAll(8);
    RawMessage message;
    if (header.size() < 8 || header.substr(0, 4) != std::string("\x12\x00\xee\xff", 4))
      return message;
    std::string body = readAll(number(header, 4));
    const std::string tail = body.substr(body.size() - 20);
    body.resize(body.size() - 21);  // and its length byte
    message.type = static_cast<uint8_t>(tail[2]);
    message.flags = static_cast<uint8_t>(tail[3]);
    message.userid = number(tail, 4);
    message.rolemask = number(tail, 8);
    message.aux1 = number(tail, 12);
    message.aux2 = number(tail, 16);
    if (message.flags & 0x08)
      for (std::string route; !(route = takeFrame(body)).empty();) message.routes.push_back(route);
    if (message.flags & 0x01) message.topic = takeFrame(body);
    if (message.flags & 0x02) message.payload = takeFrame(body);
    return message;
  }

 private:
  static std::string bigEndian(uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return out;
  }
  static uint32_t number(const std::string& bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
    return value;
  }
  static std::string frame(const std::string& bytes) {
    if (bytes.size() < 255) return static_cast<char>(bytes.size()) + bytes;
    return '\xff' + bigEndian(static_cast<uint32_t>(bytes.size())) + bytes;
  }
  static std::string takeFrame(std::string& body) {
    size_t length = static_cast<uint8_t>(body[0]);
    size_t start = 1;
    if (length == 255) {
      length = number(body, 1);
      start = 5;
    }
    const std::string out = body.substr(start, length);
    body.erase(0, start + length);
    return out;
  }
  static std::string proto(uint8_t type, uint8_t flags, uint32_t userid, uint32_t roles,
                           uint32_t aux1, uint32_t aux2) {
    std::string out("\x14\x8e\x01", 3);
    out += static_cast<char>(type);
    out += static_cast<char>(flags);
    return out + bigEndian(userid) + bigEndian(roles) + bigEndian(aux1) + bigEndian(aux2);
  }
  void sendBody(const std::string& body) {
    sendAll(std::string("\x12\x00\xee\xff", 4) + bigEndian(static_cast<uint32_t>(body.size())) +
            body);
  }
  void sendAll(const std::string& bytes) {
    for (size_t done = 0; done < bytes.size();) {
      const ssize_t n = ::send(client_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (n <= 0) return;
      done += static_cast<size_t>(n);
    }
  }
  std::string readAll(size_t length) {
    std::string out(length, '\0');
    size_t done = 0;
    while (done < length) {
      const ssize_t n = ::read(client_, out.data() + done, length - done);
      if (n <= 0) break;
      done += static_cast<size_t>(n);
    }
    out.resize(done);
    return out;
  }

  std::string path_;
  int listener_ = -1;
  int client_ = -1;
  std::thread thread_;
};

}  // namespace mc::flux::client
