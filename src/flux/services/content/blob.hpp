#pragma once
// Names of blobs: the SHA-1 of their content, as bytes and as a "blobref" (RFC 10).
//
// Thread-safety: pure functions.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mc::flux::services::content {

using Hash = std::array<unsigned char, 20>;

Hash hashOf(std::string_view blob);
/// The bytes of a hash, as messages and the database have them.
std::string_view bytesOf(const Hash& hash);
/// The reverse; nothing if the length is wrong.
std::optional<Hash> hashFromBytes(std::string_view bytes);

/// "sha1-" and 40 lower-case hexadecimal digits.
std::string blobref(const Hash& hash);
/// The reverse; nothing for anything else.
std::optional<Hash> parseBlobref(std::string_view text);

/// For hash tables: the hash is as good as random already.
struct HashOfHash {
  size_t operator()(const Hash& hash) const {
    size_t out = 0;
    for (size_t i = 0; i < sizeof out; ++i) out = out << 8 | hash[i];
    return out;
  }
};

}  // namespace mc::flux::services::content
