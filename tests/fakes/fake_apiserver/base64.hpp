#pragma once
// Base64 (RFC 4648), for Secrets and continue tokens. Thread-safety: pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace mc::fakes {

std::string toBase64(std::string_view bytes);
/// Nothing if the text is no padded base64.
std::optional<std::string> fromBase64(std::string_view text);
inline bool isBase64(std::string_view text) {
  return fromBase64(text).has_value();
}

}  // namespace mc::fakes
