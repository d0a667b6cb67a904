#pragma once
// Channels over TLS 1.3 with a pre-shared key (RFC 8446, external PSK with (EC)DHE, so that a key
// that leaks later does not open what was recorded earlier).
//
// All brokers of an instance have the same CURVE certificate; the key is derived from its secret
// part. There are no certificates: a peer without the key cannot finish the handshake, in either
// direction.
//
// OpenSSL writes with write(2): the process must ignore SIGPIPE.
//
// Thread-safety: a Secret is a value; the factory belongs to its loop's thread.

#include <array>
#include <cstdint>
#include <string>

#include "flux/overlay/channel.hpp"

namespace mc::flux::overlay {

/// Starts OpenSSL with no more than the channels need: without its configuration file, the texts of
/// its errors and the tables of all ciphers, which would cost an idle broker a megabyte. Whoever
/// calls OpenSSL calls this first; further calls do nothing. Safe from any thread.
void startCrypto();

/// The key of an instance. Never printed.
class Secret {
 public:
  static constexpr size_t kSize = 32;

  /// From the file that `flux keygen` writes. EPERM if others than its owner can read it, as
  /// flux-core demands; EINVAL if it is no certificate with a secret key.
  static base::Result<Secret> fromCurveCert(const std::string& path);

  /// Derives the key from the CURVE secret key (HKDF-SHA256, RFC 5869).
  static base::Result<Secret> derive(const std::array<uint8_t, kSize>& curveSecretKey);

  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret();
  [[nodiscard]] const std::array<uint8_t, kSize>& bytes() const { return bytes_; }

 private:
  Secret() = default;
  std::array<uint8_t, kSize> bytes_{};
};

/// `timeout`: how long a silent peer is kept (see watchPeer()).
base::Result<std::unique_ptr<ChannelFactory>> makeTlsChannels(base::Loop& loop,
                                                              const Secret& secret,
                                                              std::chrono::milliseconds timeout);

}  // namespace mc::flux::overlay
