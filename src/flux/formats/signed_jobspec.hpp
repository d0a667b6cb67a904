#pragma once
// J, the signed jobspec of a job submission (RFC 15) with the mechanism "none": no signature; the
// broker trusts the user id that the socket's credentials gave instead.
//
// Thread-safety: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::formats {

struct SignedPayload {
  uint32_t userid = 0;
  std::string mechanism;  ///< "none"
  std::string payload;    ///< the jobspec's JSON text
};

/// HEADER.PAYLOAD.none, the first two in base64.
std::string wrapUnsigned(std::string_view payload, uint32_t userid);

/// The reverse. EINVAL for anything malformed and for other mechanisms; the caller compares
/// `userid` with the sender's.
base::Result<SignedPayload> unwrapUnsigned(std::string_view signedText);

/// Base64 with padding (RFC 4648, section 4); also what Flux puts binary output into.
std::string encodeBase64(std::string_view bytes);
base::Result<std::string> decodeBase64(std::string_view text);

}  // namespace mc::flux::formats
