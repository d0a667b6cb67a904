#pragma once
// CURVE certificates: the one key that all brokers of a Flux instance share.
//
// The text is what `flux keygen` writes and flux-core reads (`bootstrap.curve_cert`): CZMQ's
// certificate file in ZPL (ZeroMQ RFC 4), keys in Z85 (ZeroMQ RFC 32).
//
// Secrets: CurveCert::secretKey and the text hold the secret key; keep them out of logs and write
// them to files of mode 0400 or 0600 only.
//
// Thread-safety: values and pure functions; makeCurveCert() is safe from any thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::base {

struct CurveCert {
  std::string publicKey;  ///< Z85, 40 characters
  std::string secretKey;  ///< Z85, 40 characters
  /// Shown under "metadata", in this order: name, keygen.hostname ...
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// A new X25519 key pair. EIO if the machine gives no random numbers.
Result<CurveCert> makeCurveCert(std::vector<std::pair<std::string, std::string>> metadata);

/// The certificate file. `wall` (Unix time) goes into its first comment line, in local time.
std::string formatCurveCert(const CurveCert& cert, double wall);

/// Reads a certificate file. EINVAL says what is wrong, without showing the keys.
Result<CurveCert> parseCurveCert(std::string_view text);

/// `bytes` must be a multiple of 4 long.
std::string z85Encode(std::string_view bytes);
/// EINVAL if the length is no multiple of 5 or a group is not Z85.
Result<std::string> z85Decode(std::string_view text);

}  // namespace mc::base
