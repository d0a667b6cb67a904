#include "flux/formats/utf8_stream.hpp"

#include <algorithm>

#include "flux/formats/io_data.hpp"

namespace mc::flux::formats {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Bytes of the character that begins with `lead`; 1 for bytes that begin none.
size_t lengthOf(unsigned char lead) {
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xc2 && lead < 0xe0 ? 2 : 1;
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// How many bytes at the end may be the begin of a character.
size_t openEnd(std::string_view bytes) {
  for (size_t back = 1; back <= std::min<size_t>(3, bytes.size()); ++back) {
    const char byte = bytes[bytes.size() - back];
    if (continues(byte)) continue;
    return lengthOf(static_cast<unsigned char>(byte)) > back ? back : 0;
  }
  return 0;
}

std::string repaired(std::string_view bytes) {
  if (isUtf8(bytes)) return std::string(bytes);
  std::string out;
  while (!bytes.empty()) {
    const size_t length = lengthOf(static_cast<unsigned char>(bytes[0]));
    const std::string_view one = bytes.substr(0, length);
    const bool good = isUtf8(one);
    out += good ? one : kReplacement;
    bytes.remove_prefix(good ? one.size() : 1);
  }
  return out;
}

}  // namespace

std::string Utf8Stream::add(std::string_view bytes) {
  rest_ += bytes;
  const size_t open = openEnd(rest_);
  const std::string rest = rest_.substr(rest_.size() - open);
  rest_.resize(rest_.size() - open);
  std::string text = repaired(rest_);
  rest_ = rest;
  return text;
}

std::string Utf8Stream::finish() {
  std::string text = repaired(rest_);
  rest_.clear();
  return text;
}

}  // namespace mc::flux::formats
