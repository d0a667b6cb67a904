#pragma once
// Base64 (RFC 4648).
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::base {

/// The common alphabet, with padding.
std::string base64Encode(std::string_view bytes);

/// The alphabet that is safe in URLs, with padding.
std::string base64UrlEncode(std::string_view bytes);

/// The common alphabet, with padding; ends of lines are skipped. EINVAL for anything else.
Result<std::string> base64Decode(std::string_view text);

}  // namespace mc::base
