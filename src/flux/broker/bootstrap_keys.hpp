#pragma once
// How the brokers of a job come to a common key for their connections: each tells the others its
// public key (X25519), and rank 0 sends each a key that only that one can read. What goes through
// the launcher is of no use to others.
//
// Thread-safety: a KeyPair belongs to one thread at a time.

#include <memory>
#include <string>

#include "flux/overlay/tls_channel.hpp"

namespace mc::flux::broker {

using KeyBytes = std::array<uint8_t, overlay::Secret::kSize>;

/// Forgets a key.
void cleanse(KeyBytes& key);

/// From the system's random numbers.
base::Result<KeyBytes> randomKey();

class KeyPair {
 public:
  static base::Result<KeyPair> generate();
  KeyPair(KeyPair&&) noexcept;
  KeyPair& operator=(KeyPair&&) noexcept;
  ~KeyPair();

  /// 64 hexadecimal digits.
  [[nodiscard]] const std::string& publicText() const { return publicText_; }
  /// Makes `key` readable for the owner of the other pair alone; to be used once per pair of
  /// KeyPairs. EINVAL for a text that is no public key.
  [[nodiscard]] base::Result<std::string> seal(const KeyBytes& key,
                                               const std::string& receiver) const;
  [[nodiscard]] base::Result<KeyBytes> open(const std::string& sealed,
                                            const std::string& sender) const;

 private:
  struct Key;
  explicit KeyPair(std::unique_ptr<Key> key);
  [[nodiscard]] base::Result<KeyBytes> padWith(const std::string& peer) const;

  std::unique_ptr<Key> key_;
  std::string publicText_;
};

}  // namespace mc::flux::broker
