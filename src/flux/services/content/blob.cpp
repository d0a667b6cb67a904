#include "flux/services/content/blob.hpp"

#include <openssl/evp.h>
#include <sodium/utils.h>

#include <algorithm>

namespace mc::flux::services::content {

namespace {
constexpr std::string_view kPrefix = "sha1-";
}  // namespace

Hash hashOf(std::string_view blob) {
  Hash out{};
  unsigned int size = 0;
  // Can't fail: SHA-1 is always there and nothing is allocated for it that could be refused.
  EVP_Digest(blob.data(), blob.size(), out.data(), &size, EVP_sha1(), nullptr);
  return out;
}

std::string_view bytesOf(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::optional<Hash> hashFromBytes(std::string_view bytes) {
  Hash out{};
  if (bytes.size() != out.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.data()));
  return out;
}

std::string blobref(const Hash& hash) {
  char hex[2 * std::tuple_size_v<Hash> + 1];
  sodium_bin2hex(hex, sizeof hex, hash.data(), hash.size());
  return std::string(kPrefix) + hex;
}

std::optional<Hash> parseBlobref(std::string_view text) {
  Hash out{};
  if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 2 * out.size())
    return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const auto isLower = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::all_of(text.begin(), text.end(), isLower)) return std::nullopt;
  size_t size = 0;
  sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr);
  return out;
}

}  // namespace mc::flux::services::content
