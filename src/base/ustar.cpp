#include "base/ustar.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace mc::base::ustar {

namespace {

// Its own field counts as spaces.
uint64_t checksumOf(Header header) {
  std::memset(header.checksum, ' ', sizeof header.checksum);
  uint64_t sum = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&header);
  for (size_t i = 0; i < sizeof header; ++i) sum += bytes[i];
  return sum;
}

}  // namespace

void setNumber(std::span<char> field, uint64_t number) {
  char text[32] = {};
  std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(field.size() - 1),
                static_cast<unsigned long long>(number));
  std::memcpy(field.data(), text, field.size() - 1);
}

std::optional<uint64_t> number(std::span<const char> field) {
  std::string_view text(field.data(), field.size());
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  text = text.substr(0, text.find_first_of(std::string_view(" \0", 2)));
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string seal(Header header) {
  std::memcpy(header.magic, "ustar", sizeof header.magic);
  std::memcpy(header.version, "00", sizeof header.version);
  setNumber(header.checksum, checksumOf(header));
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

bool isIntact(const Header& header) {
  return number(header.checksum) == checksumOf(header);
}

std::string padding(uint64_t size) {
  return std::string((kBlock - size % kBlock) % kBlock, '\0');
}

std::string end() {
  return std::string(2 * kBlock, '\0');
}

}  // namespace mc::base::ustar
