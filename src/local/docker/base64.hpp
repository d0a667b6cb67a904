#pragma once
// Base64 (RFC 4648), as the Docker Engine API uses it in headers.
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::local::docker {

/// The alphabet that is safe in URLs, with padding (X-Registry-Auth).
std::string base64UrlEncode(std::string_view bytes);

/// The common alphabet, with padding. EINVAL for anything else.
base::Result<std::string> base64Decode(std::string_view text);

}  // namespace mc::local::docker
