#include "flux/formats/io_data.hpp"

#include "flux/formats/signed_jobspec.hpp"

namespace mc::flux::formats {

namespace {

// How long the sequence is that a first byte opens, and what its second byte may be.
struct Lead {
  size_t length;
  unsigned char low;
  unsigned char high;
};

Lead leadOf(unsigned char c) {
  if (c < 0x80) return {1, 0, 0};
  if (c < 0xc2) return {0, 0, 0};
  if (c < 0xe0) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c < 0xf0) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c < 0xf4) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool isUtf8(std::string_view bytes) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (size_t i = 0; i < bytes.size();) {
    const Lead lead = leadOf(at(i));
    if (lead.length == 0 || bytes.size() - i < lead.length) return false;
    if (lead.length > 1 && (at(i + 1) < lead.low || at(i + 1) > lead.high)) return false;
    for (size_t k = 2; k < lead.length; ++k)
      if (at(i + k) < 0x80 || at(i + k) > 0xbf) return false;
    i += lead.length;
  }
  return true;
}

// Other Flux programs keep JSON strings as C strings: a NUL would end them.
void encodeBytes(json::object& object, std::string_view bytes) {
  if (isUtf8(bytes) && bytes.find('\0') == std::string_view::npos) {
    object["data"] = bytes;
    return;
  }
  object["data"] = encodeBase64(bytes);
  object["encoding"] = "base64";
}

base::Result<std::string> decodeBytes(const json::object& object) {
  MC_TRY_ASSIGN(const std::string_view data, getString(object, "data"));
  const auto* encoding = findString(object, "encoding");
  if (encoding == nullptr || *encoding != "base64") return std::string(data);
  auto bytes = decodeBase64(data);
  if (!bytes) return base::fail(EPROTO, "data is not base64");
  return std::move(*bytes);
}

json::object encodeIo(const IoData& io) {
  json::object out{{"stream", io.stream}, {"rank", io.rank}};
  if (!io.data.empty()) encodeBytes(out, io.data);
  if (io.eof) out["eof"] = true;
  return out;
}

base::Result<IoData> decodeIo(const json::object& object) {
  IoData io;
  MC_TRY_ASSIGN(const std::string_view stream, getString(object, "stream"));
  MC_TRY_ASSIGN(const std::string_view rank, getString(object, "rank"));
  io.stream = stream;
  io.rank = rank;
  if (find(object, "data") != nullptr) {
    MC_TRY_ASSIGN(io.data, decodeBytes(object));
  }
  if (find(object, "eof") != nullptr) {
    MC_TRY_ASSIGN(io.eof, getBool(object, "eof"));
  }
  return io;
}

}  // namespace mc::flux::formats
